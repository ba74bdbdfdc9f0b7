/**
 * What every engine promises, as tests: an engine is taken in when they pass against the real program and a real store. How
 * repositories are made and broken is the engine's own affair and comes in as a `Workbench`.
 */
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asRunFailure } from '#contracts/mover/failure.ts';
import type { BackupOrder, CallOptions, Engine, MadeSnapshot, RestoreOrder, SnapshotEntry } from '../engine.ts';
import { incompressible } from './incompressible.ts';

/** What a test may change about the way to a repository. */
export interface Approach {
  /** another password than the repository's */
  readonly password?: string;
  /** KiB a second */
  readonly uploadKiBps?: number;
}

/** A repository that belongs to one test. */
export interface TestRepository {
  /** An engine for it. Calling `init` is up to the test. */
  engine(approach?: Approach): Engine;
  /** Writes that password to a file and resolves to its path. */
  passwordFile(password: string): Promise<string>;
  /** Lets somebody else hold a lock; what it resolves to kills the holder without its giving it back. */
  lock(): Promise<() => Promise<void>>;
  /** Removes one object with content of files. */
  loseData(): Promise<void>;
  /** Changes a byte within such an object. */
  damageData(): Promise<void>;
  /** Bytes in the store. */
  storedBytes(): Promise<number>;
  /** How many locks are held. */
  locks(): Promise<number>;
}

/** How trees are written and compared, by the tests' fixtures. */
export interface Trees {
  writeOddTree(folder: string): Promise<void>;
  describeTree(folder: string): unknown;
}

/** Where the tests of one engine work. */
export interface Workbench {
  newRepository(): Promise<TestRepository>;
}

const host = 'team/notes-data';
const options = (): CallOptions => ({ signal: new AbortController().signal });

/** Declares the tests. @param workbench is asked for when they run */
export function describeEngine(name: string, workbench: () => Workbench, trees: Trees): void {
  describe(name, () => {
    let folder: string;
    let source: string;
    let target: string;
    let repository: TestRepository;
    let engine: Engine;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dokkerr-engine-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));
    beforeEach(async () => {
      const place = await mkdtemp(join(folder, 'test-'));
      source = join(place, 'source');
      target = join(place, 'target');
      await Promise.all([mkdir(source), mkdir(target)]);
      repository = await workbench().newRepository();
      engine = repository.engine();
      await engine.init(options());
    });

    const backup = (order: Partial<BackupOrder> = {}, by: Engine = engine): Promise<MadeSnapshot> => {
      const rest = { source, host, tags: [], include: [], exclude: [], compression: 'Auto' } as const;
      return by.backup({ ...rest, ...order }, options());
    };
    const restore = (snapshotID: string, order: Partial<RestoreOrder> = {}) => {
      const filters = { include: [], exclude: [], overwrite: 'Always', deleteExtraneous: false } as const;
      return engine.restore({ snapshotID, folder: source, target, ...filters, readBack: false, ...order }, options());
    };
    const list = async (snapshotID: string): Promise<SnapshotEntry[]> => {
      const entries: SnapshotEntry[] = [];
      const visitor = { snapshot: () => undefined, entry: (entry: SnapshotEntry) => void entries.push(entry) };
      await engine.list(snapshotID, visitor, options());
      return entries;
    };

    it('brings back everything as it was, whatever it is called and whatever it is', async () => {
      await trees.writeOddTree(source);
      const { snapshotID, unreadable } = await backup();
      const restored = await restore(snapshotID, { readBack: true });
      expect(unreadable).toEqual([]);
      expect(restored).toMatchObject({ failed: [], differing: [] });
      expect(trees.describeTree(target)).toEqual(trees.describeTree(source));
    });

    it('counts what it read as a listing counts it', async () => {
      await trees.writeOddTree(source);
      const { snapshotID, stats } = await backup();
      const files = (await list(snapshotID)).filter(({ kind }) => kind === 'file');
      expect(files.length).toBe(stats.filesTotal);
      expect(files.reduce((bytes, { size }) => bytes + size, 0)).toBe(stats.sizeBytes);
    });

    it('adds nothing for what has not changed', async () => {
      await writeFile(join(source, 'a'), incompressible(1 << 20));
      await backup();
      const again = await backup();
      expect(again.stats).toMatchObject({ filesNew: 0, filesChanged: 0, filesUnmodified: 1 });
      // The folders above the source may have changed meanwhile.
      expect(again.stats.addedBytes).toBeLessThan(100_000);
    });

    it('knows a claim by its host alone, whatever was included before', async () => {
      await writeFile(join(source, 'a'), 'one');
      await writeFile(join(source, 'b'), 'two');
      await backup();
      const { stats } = await backup({ include: ['a'] });
      expect(stats).toMatchObject({ filesNew: 0, filesUnmodified: 1, filesTotal: 1 });
    });

    it('takes what is included, and of its folders all but what is excluded', async () => {
      await mkdir(join(source, 'logs/old'), { recursive: true });
      for (const path of ['a.db', 'a.tmp', 'logs/new.log', 'logs/b.tmp', 'logs/old/a.db']) {
        await writeFile(join(source, path), path);
      }
      const { snapshotID } = await backup({ include: ['*.db', 'logs'], exclude: ['*.tmp', '/logs/old'] });
      const files = (await list(snapshotID)).filter(({ kind }) => kind === 'file').map(({ path }) => path);
      expect(files.sort()).toEqual([join(source, 'a.db'), join(source, 'logs/new.log')]);
    });

    it('refuses an include that matches nothing', async () => {
      await writeFile(join(source, 'a'), 'one');
      await expect(backup({ include: ['a', 'missing'] })).rejects.toMatchObject({ class: 'SourceEmpty' });
    });

    it('lists the snapshots that have all of the tags, newest first', async () => {
      await writeFile(join(source, 'a'), 'one');
      const first = await backup({ tags: ['schedule=daily', 'run=1'] });
      const second = await backup({ tags: ['schedule=daily', 'run=2'] });
      await backup({ tags: ['schedule=weekly'] });
      const daily = await engine.snapshots(['schedule=daily'], options());
      expect(daily.map(({ id }) => id)).toEqual([second.snapshotID, first.snapshotID]);
      expect(daily[0]).toMatchObject({ host, paths: [source], filesTotal: 1, sizeBytes: 3 });
      expect(await engine.snapshots(['schedule=daily', 'run=1'], options())).toHaveLength(1);
    });

    it('restores what is included, and nothing of what is excluded', async () => {
      for (const path of ['a', 'b', 'c']) await writeFile(join(source, path), path);
      const { snapshotID } = await backup();
      await restore(snapshotID, { include: ['/a'] });
      expect(Object.keys(trees.describeTree(target) as object)).toEqual(['a']);
      await restore(snapshotID, { exclude: ['/b'] });
      expect(Object.keys(trees.describeTree(target) as object)).toEqual(['a', 'c']);
    });

    it('leaves what is there already when it may not overwrite, and removes what does not belong when it may', async () => {
      await writeFile(join(source, 'a'), 'from the snapshot');
      const { snapshotID } = await backup();
      await writeFile(join(target, 'a'), 'from before');
      await writeFile(join(target, 'extraneous'), '');
      const before = trees.describeTree(target);
      await restore(snapshotID, { overwrite: 'Never' });
      expect(trees.describeTree(target)).toMatchObject({ a: (before as { a: object }).a });
      await restore(snapshotID, { deleteExtraneous: true });
      expect(trees.describeTree(target)).toEqual(trees.describeTree(source));
    });

    it('says that there is no such snapshot', async () => {
      const unknown = 'f'.repeat(64);
      await expect(list(unknown)).rejects.toMatchObject({ class: 'SnapshotMissing', retryable: false });
      await expect(restore(unknown)).rejects.toMatchObject({ class: 'SnapshotMissing' });
      const checked = engine.check({ snapshotID: unknown, exclusive: false }, options());
      await expect(checked).rejects.toMatchObject({ class: 'SnapshotMissing' });
    });

    it('says that there is no repository, and makes none by itself', async () => {
      const empty = (await workbench().newRepository()).engine();
      await expect(backup({}, empty)).rejects.toMatchObject({ class: 'RepositoryMissing', retryable: false });
      await expect(empty.repositoryID(options())).rejects.toMatchObject({ class: 'RepositoryMissing' });
    });

    it('makes a repository and says which', async () => {
      const empty = (await workbench().newRepository()).engine();
      expect(await empty.init(options())).toBe(await empty.repositoryID(options()));
    });

    it('does not make a repository where there is one', async () => {
      const id = await engine.repositoryID(options());
      await expect(engine.init(options())).rejects.toThrow(/already/);
      expect(await engine.repositoryID(options())).toBe(id);
    });

    it('says that the key is wrong', async () => {
      const other = repository.engine({ password: 'another' });
      await expect(backup({}, other)).rejects.toMatchObject({ class: 'WrongKey', retryable: false });
    });

    it('opens with a second key, and no longer with one that was removed', async () => {
      const firstKey = await engine.keyID(options());
      const added = await engine.addKey(await repository.passwordFile('renewed'), options());
      expect(await engine.addKey(await repository.passwordFile('renewed'), options())).toBe(added);
      const renewed = repository.engine({ password: 'renewed' });
      expect(await renewed.keyID(options())).toBe(added);
      await expect(renewed.removeKey(added, options())).rejects.toMatchObject({ retryable: false });
      await renewed.removeKey(firstKey, options());
      await renewed.removeKey(firstKey, options());
      await expect(engine.repositoryID(options())).rejects.toMatchObject({ class: 'WrongKey' });
    });

    it('waits for nobody’s lock in vain, and removes the one of a holder that is gone', async () => {
      await writeFile(join(source, 'a'), 'one');
      const { snapshotID } = await backup();
      const kill = await repository.lock();
      await expect(engine.forget([snapshotID], options())).rejects.toMatchObject({
        class: 'RepositoryLocked',
        retryable: true,
      });
      // Others read and write on.
      await backup();
      await kill();
      expect(await engine.unlock(false, options())).toBe(1);
      await engine.forget([snapshotID], options());
    });

    it('gives up its lock when it is cancelled, and says so', async () => {
      await writeFile(join(source, 'large'), incompressible(6 << 20));
      const slow = repository.engine({ uploadKiBps: 256 });
      const order = { source, host, tags: [], include: [], exclude: [], compression: 'None' } as const;
      const ending = new AbortController();
      const onProgress = ({ bytesDone }: { bytesDone: number }) => {
        if (bytesDone > 0) ending.abort();
      };
      const running = slow.backup(order, { signal: ending.signal, onProgress });
      await expect(running).rejects.toMatchObject({ class: 'Canceled' });
      expect(await engine.snapshots([], options())).toEqual([]);
      await engine.check({ exclusive: true }, options());
    });

    it('makes room when snapshots are removed and pruned, and minds none that are gone already', async () => {
      await writeFile(join(source, 'a'), incompressible(2 << 20));
      const { snapshotID } = await backup({ compression: 'None' });
      await rm(join(source, 'a'));
      await writeFile(join(source, 'b'), 'small');
      const kept = await backup();
      const before = await repository.storedBytes();
      await engine.forget([snapshotID, 'e'.repeat(64)], options());
      await engine.forget([snapshotID], options());
      await engine.prune(0, options());
      expect(await repository.storedBytes()).toBeLessThan(before / 2);
      await restore(kept.snapshotID);
      expect(trees.describeTree(target)).toEqual(trees.describeTree(source));
    });

    it('finds data that is gone, refuses to prune, and stores it anew after a repair', async () => {
      await writeFile(join(source, 'a'), incompressible(1 << 20));
      const { snapshotID } = await backup();
      await engine.check({ exclusive: true }, options());
      await repository.loseData();
      const corrupt = { class: 'RepositoryCorrupt', retryable: false };
      await expect(engine.check({ exclusive: true }, options())).rejects.toMatchObject(corrupt);
      await expect(engine.check({ snapshotID, exclusive: false }, options())).rejects.toMatchObject(corrupt);
      await expect(engine.prune(0, options())).rejects.toMatchObject(corrupt);
      await engine.repair([], options());
      const again = await backup();
      expect(again.stats).toMatchObject({ filesFailed: 0, filesTotal: 1 });
      expect(again.stats.addedBytes).toBeGreaterThanOrEqual(1 << 20);
      expect(again.warnings).toHaveLength(1);
      await engine.check({ snapshotID: again.snapshotID, readDataPercent: 100, exclusive: false }, options());
      await restore(again.snapshotID, { readBack: true });
      expect(trees.describeTree(target)).toEqual(trees.describeTree(source));
    });

    it('finds a changed byte when it reads the data, and after a repair stores anew what was damaged', async () => {
      await writeFile(join(source, 'a'), incompressible(1 << 20));
      const { snapshotID } = await backup();
      expect(await engine.storedBytes(snapshotID, options())).toBeGreaterThan(0);
      await repository.damageData();
      await engine.check({ snapshotID, exclusive: false }, options());
      const reading = engine.check({ snapshotID, readDataPercent: 100, exclusive: false }, options());
      const failure: unknown = await reading.catch((error: unknown) => error);
      expect(failure).toMatchObject({ class: 'RepositoryCorrupt', damagedPacks: [expect.any(String)] });
      const { damagedPacks } = asRunFailure(failure);
      for (const _ of ['once', 'after a crash']) await engine.repair(damagedPacks, options());
      const again = await backup();
      expect(again.stats.addedBytes).toBeGreaterThan(0);
      expect(again.warnings).toHaveLength(1);
      await engine.check({ readDataPercent: 100, exclusive: true }, options());
      await restore(snapshotID, { readBack: true });
      expect(trees.describeTree(target)).toEqual(trees.describeTree(source));
    });

    it('reads a file again whose time and content changed while its size did not', async () => {
      const file = join(source, 'a');
      await writeFile(file, 'before');
      await backup();
      await writeFile(file, 'after.');
      await utimes(file, 1, 1);
      const { snapshotID, stats } = await backup();
      expect(stats.filesChanged).toBe(1);
      await restore(snapshotID);
      expect(trees.describeTree(target)).toEqual(trees.describeTree(source));
    });
  });
}
