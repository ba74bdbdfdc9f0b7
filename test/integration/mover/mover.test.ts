/** The mover as a pod runs it: a process that is given a request and mounts, and leaves an exit code and a result. */
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import type { MoverRequestInput } from '#contracts/mover/request.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import type { StoreAccess } from '#src/stores/access.ts';
import { describeTree, writeOddTree } from '#test/fixtures/tree.ts';
import { layOutMounts, type Mounted } from './mounts.ts';
import { type Ended, type RunOptions, startMover } from './run-mover.ts';
import { password, type ResticWorkbench, type StoredRepository, startWorkbench } from './workbench.ts';

let workbench: ResticWorkbench;
beforeAll(async () => {
  workbench = await startWorkbench();
  await chmod(workbench.folder, 0o755);
}, 600_000);
afterAll(() => workbench[Symbol.asyncDispose]());

let repository: StoredRepository;
let access: StoreAccess;
let source: string;
let target: string;
beforeEach(async () => {
  repository = await workbench.newRepository();
  access = repository.access;
  const place = await mkdtemp(join(workbench.folder, 'test-'));
  await chmod(place, 0o755);
  source = join(place, 'source');
  target = join(place, 'target');
  await Promise.all([mkdir(source), mkdir(target)]);
});

/** A request without what all have in common. */
type Order = MoverRequestInput extends infer R ? (R extends unknown ? Omit<R, 'repository'> : never) : never;

interface Circumstances extends Partial<Mounted>, Partial<RunOptions> {
  readonly repository?: Partial<MoverRequestInput['repository']>;
}

async function start(order: Order, { repository: other, ...rest }: Circumstances = {}) {
  const { credentials } = access;
  const folder = await layOutMounts(workbench.folder, { credentials, password, ...rest });
  const common = { repository: { ...access.repository, ...other }, lockWaitSeconds: 1, storeWaitSeconds: 0 };
  const request = { ...common, ...order } as MoverRequestInput;
  return startMover(request, { folder, restic: workbench.restic, ...rest });
}

async function run(order: Order, circumstances: Circumstances = {}): Promise<Ended> {
  return (await start(order, circumstances)).ended;
}

const init = () => run({ operation: 'init' });
/** The same without a mover, for tests of something else. */
const create = () => repository.engine().init({ signal: new AbortController().signal });
const backup = (order: Partial<Extract<Order, { operation: 'backup' }>> = {}, circumstances: Circumstances = {}) =>
  run({ operation: 'backup', source, host: 'team/notes-data', ...order }, circumstances);
const restore = (
  snapshotID: string,
  order: Partial<Extract<Order, { operation: 'restore' }>> = {},
  circumstances: Circumstances = {},
) => run({ operation: 'restore', snapshotID, source, target, ...order }, circumstances);

async function made(ended: Promise<Ended>): Promise<string> {
  const { result } = await ended;
  expect(result).toMatchObject({ outcome: 'Succeeded' });
  return result.snapshotID ?? '';
}

describe('a backup', () => {
  beforeEach(create);

  it('ends with 0, the snapshot’s id, what it read and the word that it was verified', async () => {
    await writeOddTree(source);
    const { exitCode, result, lines } = await backup({ verify: { mode: 'Data', readDataPercent: 100 } });
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      operation: 'backup',
      outcome: 'Succeeded',
      snapshotID: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      repositoryID: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      stats: { filesFailed: 0 },
      verification: { result: 'Passed', mode: 'Data' },
    });
    expect(result.verification?.bytesRead).toBeGreaterThan(0);
    expect(result.verification?.filesFound).toBe(result.stats?.filesTotal);
    expect(lines[0]).toMatchObject({ type: 'progress', phase: 'Opening' });
  });

  it('fails for good when the key is wrong', async () => {
    await writeFile(join(source, 'a'), 'a');
    const { exitCode, result } = await backup({}, { password: 'another' });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'WrongKey', retryable: false, exitCode: 12 });
  });

  it('fails for good when the credentials are wrong, and says which', async () => {
    const credentials = { ...access.credentials, secretAccessKey: 'another' };
    const { exitCode, result } = await backup({ onEmptySource: 'Allow' }, { credentials });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'AuthFailed', retryable: false });
  });

  it('names the key of a Secret that is missing', async () => {
    const { result } = await backup({}, { password: '' });
    expect(result.failure).toMatchObject({
      class: 'WrongKey',
      message: expect.stringContaining('password') as string,
    });
  });

  it('fails for good without the bucket, which it does not make', async () => {
    const { exitCode, result } = await backup({}, { repository: { bucket: 'missing' } });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'BucketMissing', retryable: false });
    expect(await workbench.server.client.bucketExists('missing')).toBe(false);
  });

  it('fails for good without the repository, which it does not make', async () => {
    await writeFile(join(source, 'a'), 'a');
    const { exitCode, result } = await backup({}, { repository: { prefix: 'elsewhere' } });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'RepositoryMissing', retryable: false });
  });

  it('does not write into another repository than the one that is trusted', async () => {
    await writeFile(join(source, 'a'), 'a');
    const { exitCode, result } = await backup({}, { repository: { id: 'f'.repeat(64) } });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'RepositoryMissing' });
  });

  it('may be tried again when the store does not answer', async () => {
    await workbench.server.stop();
    try {
      const { exitCode, result } = await backup();
      expect(exitCode).toBe(1);
      expect(result.failure).toMatchObject({ class: 'StoreUnreachable', retryable: true });
    } finally {
      await workbench.server.start();
    }
  });

  it('goes on when the store comes up late', async () => {
    await writeFile(join(source, 'a'), 'a');
    await workbench.server.stop();
    const running = await start({ operation: 'backup', source, host: 'h', storeWaitSeconds: 60 });
    await workbench.server.start();
    expect((await running.ended).exitCode).toBe(0);
  });

  it('ends on SIGTERM as cancelled and leaves no lock', async () => {
    await writeFile(join(source, 'large'), incompressible(6 << 20));
    const order = { limits: { uploadKiBps: 256 }, compression: 'Off', source, host: 'h' } as const;
    const running = await start({ operation: 'backup', ...order });
    await waitUntil('a lock', async () => (await repository.locks()) > 0, { timeoutMs: 30_000 });
    running.child.kill('SIGTERM');
    const { exitCode, result } = await running.ended;
    expect(exitCode).toBe(130);
    expect(result).toMatchObject({ outcome: 'Failed', failure: { class: 'Canceled', retryable: false } });
    expect(await repository.locks()).toBe(0);
  });

  it('shows its secrets to no list of processes and writes them nowhere', async () => {
    await writeFile(join(source, 'large'), incompressible(2 << 20));
    const order = { limits: { uploadKiBps: 512 }, compression: 'Off', source, host: 'h' } as const;
    const running = await start({ operation: 'backup', ...order });
    await waitUntil('a lock', async () => (await repository.locks()) > 0, { timeoutMs: 30_000 });
    const commandLines = await commandLinesBelow(running.child.pid ?? 0);
    const { result, lines } = await running.ended;
    expect(commandLines).toContain('backup');
    const { secretAccessKey } = access.credentials;
    for (const text of [commandLines, JSON.stringify([result, lines])]) {
      expect(text).not.toContain(secretAccessKey);
      expect(text).not.toContain(password);
    }
  });

  describe('of a source it may not read all of', () => {
    let restic: string;
    beforeAll(async () => {
      restic = await unprivileged(workbench);
    });
    beforeEach(async () => {
      await writeFile(join(source, 'readable'), 'for all');
      await writeFile(join(source, 'secret'), 'for one', { mode: 0o600 });
    });

    it('fails, with the names of the files and the id of the snapshot that is not whole', async () => {
      const { exitCode, result } = await backup({}, { restic });
      expect(exitCode).toBe(2);
      expect(result).toMatchObject({
        outcome: 'Failed',
        snapshotID: expect.any(String) as string,
        unreadable: [join(source, 'secret')],
        stats: { filesFailed: 1, filesTotal: 1 },
        failure: { class: 'SourceUnreadable', retryable: false },
      });
    });

    it('is partial when that is allowed, and what it has is verified', async () => {
      const { exitCode, result } = await backup({ onUnreadableFiles: 'Warn' }, { restic });
      expect(exitCode).toBe(3);
      expect(result).toMatchObject({
        outcome: 'Partial',
        unreadable: [join(source, 'secret')],
        verification: { result: 'Passed' },
      });
      expect(result.failure).toBeUndefined();
    });
  });

  it('of nothing fails, warns or is done, as the request says', async () => {
    const refused = await backup();
    expect(refused).toMatchObject({ exitCode: 2, result: { failure: { class: 'SourceEmpty', retryable: false } } });
    const warned = await backup({ onEmptySource: 'Warn' });
    expect(warned).toMatchObject({ exitCode: 0, result: { warnings: [expect.stringContaining('no file') as string] } });
    const allowed = await backup({ onEmptySource: 'Allow' });
    expect(allowed.exitCode).toBe(0);
    expect(allowed.result.warnings).toBeUndefined();
  });

  it('of a source whose every file is excluded fails too', async () => {
    await writeFile(join(source, 'a.log'), 'a');
    const { exitCode, result } = await backup({ exclude: ['*.log'] });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'SourceEmpty' });
  });

  it('does not pass for whole when data that it relies on is gone', async () => {
    await writeFile(join(source, 'a'), incompressible(1 << 20));
    await made(backup());
    await repository.loseData();
    const { exitCode, result } = await backup();
    expect(exitCode).toBe(2);
    expect(result).toMatchObject({ outcome: 'Failed', failure: { class: 'RepositoryCorrupt' } });
    expect(result.verification?.result).toBe('Failed');
  });
});

describe('a restore', () => {
  beforeEach(create);

  it('brings everything back and compares it', async () => {
    await writeOddTree(source);
    const { exitCode, result } = await restore(await made(backup()), { verify: 'Checksum' });
    expect(exitCode).toBe(0);
    expect(result.verification).toMatchObject({ result: 'Passed', mode: 'Checksum', mismatches: 0 });
    expect(describeTree(target)).toEqual(describeTree(source));
  });

  it('refuses a target that is too small before a byte is written', async () => {
    await writeFile(join(source, 'large'), incompressible(3 << 20));
    const snapshotID = await made(backup());
    const mounted = `mount -t tmpfs -o size=2m tmpfs ${target} && "$@"; code=$?; ls -A ${target} >${target}.list; exit $code`;
    const { exitCode, result } = await restore(
      snapshotID,
      {},
      { prefix: ['unshare', '--mount', 'sh', '-c', mounted, 'sh'] },
    );
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'NoSpace', retryable: false });
    expect(result.failure?.message).toMatch(/3145728 bytes .* room for 2097152/);
    expect(await readFile(`${target}.list`, 'utf8')).toBe('');
  });

  it('counts what lies in its place already as room', async () => {
    await writeFile(join(source, 'large'), incompressible(3 << 20));
    const snapshotID = await made(backup());
    const filled = `mount -t tmpfs -o size=4m tmpfs ${target} && cp ${source}/large ${target}/large && exec "$@"`;
    const { exitCode } = await restore(snapshotID, {}, { prefix: ['unshare', '--mount', 'sh', '-c', filled, 'sh'] });
    expect(exitCode).toBe(0);
  });

  it('touches nothing when data is gone', async () => {
    await writeFile(join(source, 'a'), incompressible(1 << 20));
    const snapshotID = await made(backup());
    await repository.loseData();
    const { exitCode, result } = await restore(snapshotID);
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'RepositoryCorrupt' });
    expect(await readdir(target)).toEqual([]);
  });

  it('touches nothing when data is damaged and it was to read it first', async () => {
    await writeFile(join(source, 'a'), incompressible(1 << 20));
    const snapshotID = await made(backup());
    await repository.damageData();
    const { exitCode, result } = await restore(snapshotID, { verifySource: 'Data' });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'RepositoryCorrupt' });
    expect(await readdir(target)).toEqual([]);
  });

  it('never succeeds with damaged data, read first or not', async () => {
    await writeFile(join(source, 'a'), incompressible(1 << 20));
    const snapshotID = await made(backup());
    await repository.damageData();
    const { exitCode, result } = await restore(snapshotID);
    expect(exitCode).not.toBe(0);
    expect(result.outcome).toBe('Failed');
  });

  it('says that there is no such snapshot', async () => {
    const { exitCode, result } = await restore('f'.repeat(64));
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'SnapshotMissing' });
  });

  it('says that the volume is not mounted', async () => {
    await writeFile(join(source, 'a'), 'a');
    const snapshotID = await made(backup());
    await rm(target, { recursive: true });
    const { exitCode, result } = await restore(snapshotID);
    expect(exitCode).toBe(2);
    expect(result.failure?.message).toMatch(/mounted/);
  });
});

describe('a repository', () => {
  it('is made once, and taken when it is there already', async () => {
    const first = await init();
    const second = await init();
    expect(first).toMatchObject({ exitCode: 0, result: { repositoryID: expect.any(String) as string } });
    expect(second.result).toMatchObject({
      repositoryID: first.result.repositoryID,
      keyID: first.result.keyID,
      outcome: 'Succeeded',
    });
    expect((await run({ operation: 'init' }, { password: 'another' })).result.failure?.class).toBe('WrongKey');
  });

  it('that was trusted and is gone is never made anew', async () => {
    const { exitCode, result } = await run({ operation: 'init' }, { repository: { id: 'f'.repeat(64) } });
    expect(exitCode).toBe(2);
    expect(result.failure).toMatchObject({ class: 'RepositoryMissing' });
    expect(await repository.storedBytes()).toBe(0);
  });

  it('is listed to the last snapshot on the log, and counted in the result', async () => {
    await create();
    await writeFile(join(source, 'a'), 'a');
    for (const tag of ['one', 'two', 'three']) await made(backup({ tags: [tag], verify: { mode: 'None' } }));
    const { result, lines } = await run({ operation: 'snapshots' });
    expect(result.snapshotCount).toBe(3);
    expect(lines.filter(({ type }) => type === 'snapshot')).toHaveLength(3);
    expect(result.snapshots?.map(({ tags }) => tags)).toEqual([['three'], ['two'], ['one']]);
  });

  it('is weighed, loses a snapshot and gives back its room', async () => {
    await create();
    await writeFile(join(source, 'a'), incompressible(2 << 20));
    const snapshotID = await made(backup({ compression: 'Off' }));
    const forgotten = await run({ operation: 'forget', snapshotIDs: [snapshotID] });
    expect(forgotten).toMatchObject({ exitCode: 0, result: { snapshotCount: 0 } });
    const before = (await run({ operation: 'stats' })).result;
    expect(before).toMatchObject({ snapshotCount: 0, keyID: expect.any(String) as string });
    const { result } = await run({ operation: 'prune' });
    expect(result.totalBytes).toBe((await run({ operation: 'stats' })).result.totalBytes);
    expect((result.totalBytes ?? 0) + (result.reclaimedBytes ?? 0)).toBe(before.totalBytes);
    expect(result.reclaimedBytes).toBeGreaterThan(1 << 20);
  });

  it('is checked, found damaged and mended', async () => {
    await create();
    await writeFile(join(source, 'a'), incompressible(1 << 20));
    await made(backup());
    const whole = await run({ operation: 'check', readDataPercent: 100 });
    expect(whole.result).toMatchObject({ outcome: 'Succeeded', verification: { result: 'Passed', mode: 'Data' } });
    await repository.loseData();
    expect(await run({ operation: 'check' })).toMatchObject({
      exitCode: 2,
      result: { failure: { class: 'RepositoryCorrupt' } },
    });
    expect((await run({ operation: 'repair' })).exitCode).toBe(0);
    await made(backup());
  });

  it('is locked by a holder that died, and unlocked', async () => {
    await create();
    const kill = await repository.lock();
    await kill();
    expect(await run({ operation: 'check' })).toMatchObject({
      exitCode: 1,
      result: { failure: { class: 'RepositoryLocked', retryable: true, exitCode: 11 } },
    });
    expect((await run({ operation: 'unlock' })).result.locksRemoved).toBe(1);
    expect((await run({ operation: 'check' })).exitCode).toBe(0);
  });

  it('changes its key without a moment in which none works', async () => {
    const { result } = await init();
    const added = await run({ operation: 'addKey' }, { newPassword: 'renewed' });
    expect((await run({ operation: 'stats' }, { password: 'renewed' })).result.keyID).toBe(added.result.keyID);
    const removed = await run({ operation: 'removeKey', keyID: result.keyID ?? '' }, { password: 'renewed' });
    expect(removed.exitCode).toBe(0);
    expect((await run({ operation: 'stats' })).result.failure?.class).toBe('WrongKey');
  });
});

it('refuses what is no request, and says what is wrong with it', async () => {
  const folder = await layOutMounts(workbench.folder, { credentials: access.credentials, password });
  const bad = JSON.stringify({ operation: 'backup', repository: access.repository });
  const { exitCode, result } = await startMover(bad, { folder, restic: workbench.restic }).ended;
  expect(exitCode).toBe(2);
  expect(result).toMatchObject({ operation: 'unknown', failure: { class: 'Internal', retryable: false } });
  expect(result.failure?.message).toMatch(/host/);
});

/** restic as a user who owns nothing. */
async function unprivileged({ restic, folder }: ResticWorkbench): Promise<string> {
  const copy = join(folder, 'restic-for-all');
  await copyFile(restic, copy);
  await chmod(copy, 0o755);
  const script = join(folder, 'restic-unprivileged');
  await writeFile(script, `#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups ${copy} "$@"\n`);
  await chmod(script, 0o755);
  return script;
}

/** The command lines of the mover and of what it started. */
async function commandLinesBelow(pid: number): Promise<string> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter((id) => id !== '');
  const lines = await Promise.all([`${pid}`, ...children].map((id) => readFile(`/proc/${id}/cmdline`, 'utf8')));
  return lines.join('\n').replaceAll('\0', ' ');
}
