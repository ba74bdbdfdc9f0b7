/** A BackupStore over time, against a real object store: it is pruned, checked, mended, and never works against itself. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Pod, Secret } from '#runtime/client/kinds.ts';
import { Backups } from './backups.ts';

let there: Backups;
beforeAll(async () => {
  there = await Backups.open('store');
});
afterAll(() => there[Symbol.asyncDispose]());

/** Shrinks under no compression. */
const bulk = () => randomBytes(45_000).toString('base64');

const condition = ({ status }: BackupStore, type: string) => status?.conditions?.find((one) => one.type === type);

/** Whether the pod moves data of that store: a kubelet calls it Running for a moment longer than its container runs. */
const isMovingIn =
  (store: string) =>
  ({ metadata, status }: Pod): boolean => {
    const { 'dokkerr.io/store': of, 'dokkerr.io/mover': does } = metadata.labels ?? {};
    const hasEnded = status?.containerStatuses?.some(({ state }) => state?.terminated !== undefined) === true;
    return of === store && does === 'backup' && !hasEnded && status?.phase !== 'Succeeded';
  };

describe.concurrent('a store', () => {
  test('gives back what a deleted backup had in the bucket, once it is pruned', async () => {
    await there.declareStore('shrinking');
    await there.noted('album', bulk(), bulk(), bulk(), bulk());
    const source = { containerRef: { name: 'album' }, storeRef: { name: 'shrinking' } };
    const { status } = await there.backUp('album-only', { ...source, deletionPolicy: 'Delete' });
    const before = await there.bytes('shrinking');
    await there.sandbox.delete(Backup, 'album-only');
    await there.sandbox.eventually('the Backup is gone', () => there.sandbox.get(Backup, 'album-only') === undefined);
    const id = status?.volumes?.[0]?.snapshotID ?? '';
    expect([...(await there.objects('shrinking')).keys()]).not.toContain(`shrinking/snapshots/${id}`);
    await there.ask('shrinking', 'prune', 'first');
    const pruned = await there.storeWhen('shrinking', 'pruned', (store) => store.status?.lastPrunedAt !== undefined);
    const after = await there.bytes('shrinking');
    expect(after).toBeLessThan(before - 200_000);
    expect(pruned.status).toMatchObject({ totalBytes: after, prune: { handledRequest: 'first' } });
    expect(pruned.status?.reclaimedBytes).toBeGreaterThan(200_000);
    expect(condition(pruned, 'Maintained')?.status).toBe('True');
    await there.storeWhen('shrinking', 'free again', (store) => store.status?.lock === undefined);
  });

  test('found damaged stays in use, is not pruned, and is whole again after the next backup', async () => {
    await there.declareStore('harmed');
    await there.noted('letters', bulk());
    const source = { containerRef: { name: 'letters' }, storeRef: { name: 'harmed' } };
    await there.backUp('letters-first', source);
    await there.ask('harmed', 'check', 'whole');
    await there.storeWhen('harmed', 'checked', (store) => store.status?.lastCheckResult === 'Passed');

    const packs = [...(await there.objects('harmed'))].filter(([name]) => name.startsWith('harmed/data/'));
    const [largest = ''] = packs.toSorted(([, a], [, b]) => b - a)[0] ?? [];
    await there.store.client.removeObject(there.store.bucket, largest);
    await there.ask('harmed', 'check', 'harmed');
    const found = await there.storeWhen('harmed', 'found damaged', (store) => store.status?.phase === 'Degraded');
    expect(condition(found, 'RepositoryHealthy')).toMatchObject({ status: 'False', reason: 'RepositoryCorrupt' });
    expect(condition(found, 'Ready')?.status).toBe('True');
    expect(found.status?.lastError?.code).toBe('DKR_REPOSITORY_CORRUPT');
    await there.ask('harmed', 'prune', 'while-harmed');
    await there.storeWhen('harmed', 'held back from pruning', ({ status }) => status?.prune?.held !== undefined);
    await there.storeWhen('harmed', 'mended', (store) => store.status?.lastRepairedAt !== undefined);

    const again = await there.backUp('letters-second', source);
    expect(again.status?.phase).toBe('Completed');
    await there.ask('harmed', 'check', 'mended');
    await there.storeWhen('harmed', 'whole', (store) => store.status?.lastCheckResult === 'Passed');
    // What was held goes on by itself.
    const pruned = await there.storeWhen('harmed', 'pruned', (store) => store.status?.lastPrunedAt !== undefined);
    expect(pruned.status?.prune?.handledRequest).toBe('while-harmed');
    const back = await there.bringBack('letters-back', {
      source: { backupRef: { name: 'letters-first' } },
      target: { claim: { name: 'letters-again', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    });
    expect(back.status?.phase).toBe('Completed');
  });

  test('is checked, pruned, forgotten from and backed up to at once, and nothing gets into the way of anything', async () => {
    await there.declareStore('busy');
    await there.noted('ledger', 'one entry');
    const source = { containerRef: { name: 'ledger' }, storeRef: { name: 'busy' } };
    const names = ['ledger-1', 'ledger-2', 'ledger-3'];
    for (const name of names) await there.backUp(name, { ...source, deletionPolicy: 'Delete' });
    await Promise.all([
      there.ask('busy', 'check', 'now'),
      there.ask('busy', 'prune', 'now'),
      ...names.map((name) => there.sandbox.delete(Backup, name)),
    ]);
    const meanwhile = await there.backUp('ledger-4', source);
    expect(meanwhile.status?.phase).toBe('Completed');
    expect(meanwhile.status?.steps?.every(({ attempts = 0, spent = 0 }) => attempts + spent === 0)).toBe(true);
    await there.sandbox.eventually('the Backups are gone', () =>
      names.every((name) => there.sandbox.get(Backup, name) === undefined),
    );
    const ended = await there.storeWhen(
      'busy',
      'looked after',
      ({ status }) => status?.lastPrunedAt !== undefined && status.lastCheckedAt !== undefined,
    );
    expect(ended.status).toMatchObject({ lastCheckResult: 'Passed', phase: 'Ready' });
    const failures = there.sandbox
      .history(BackupStore, 'busy')
      .flatMap(({ status }) => [status?.check?.failure ?? [], status?.prune?.failure ?? []].flat());
    expect(failures).toEqual([]);
  });

  test('loses what a backup that failed has left in it, when that Backup is deleted', async () => {
    await there.declareStore('leftovers');
    await there.noted('draft', 'not to be kept');
    const { status } = await there.backUp('draft-nothing', {
      containerRef: { name: 'draft' },
      storeRef: { name: 'leftovers' },
      exclude: ['*'],
    });
    expect(status).toMatchObject({ phase: 'Failed', failureClass: 'SourceEmpty' });
    const snapshots = async () =>
      [...(await there.objects('leftovers')).keys()].filter((name) => name.startsWith('leftovers/snapshots/'));
    expect(await snapshots()).toHaveLength(1);
    await there.sandbox.delete(Backup, 'draft-nothing');
    await there.sandbox.eventually('it is gone', () => there.sandbox.get(Backup, 'draft-nothing') === undefined);
    expect(await snapshots()).toEqual([]);
  });
});

describe('the key of a store', () => {
  test('is replaced when asked for: old and new open the repository for a while, then only the new one', async () => {
    const declared = await there.declareStore('locked');
    await there.noted('safe', 'behind lock and key');
    const spec = { containerRef: { name: 'safe' }, storeRef: { name: 'locked' } };
    await there.backUp('safe-before', spec);
    const secretOf = async () => {
      const secret = await there.sandbox.client.get(Secret, { namespace: there.sandbox.namespace, name: 'locked-key' });
      return secret?.data ?? {};
    };
    const { password } = await secretOf();
    const keys = async () =>
      [...(await there.objects('locked')).keys()].filter((name) => name.startsWith('locked/keys/')).length;
    const rotation = (keepPreviousFor: string) => ({
      encryption: { rotation: { requestedAt: 'today', keepPreviousFor } },
    });
    await there.declareStore('locked', rotation('1h'));
    const renewed = await there.storeWhen(
      'locked',
      'open to a new key',
      ({ status }) => status?.keyID !== declared.status?.keyID && status?.rotation?.handledRequest === 'today',
    );
    const kept = await secretOf();
    expect(kept.previousPassword).toBe(password);
    expect(kept.password).not.toBe(password);
    expect(await keys()).toBe(2);
    await there.declareStore('locked', rotation('1s'));
    await there.storeWhen('locked', 'done', ({ status }) => status?.rotation?.underWay === undefined);
    expect(Object.keys(await secretOf())).toEqual(['password']);
    expect(await keys()).toBe(1);
    expect((await there.backUp('safe-after', spec)).status?.phase).toBe('Completed');
    const back = await there.bringBack('safe-back', {
      source: { backupRef: { name: 'safe-before' } },
      target: { claim: { name: 'safe-again', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    });
    expect(back.status?.phase).toBe('Completed');
    expect(renewed.status?.keyID).toMatch(/^[0-9a-f]{64}$/);
  });

  test('that is given by somebody is replaced by what they write into its Secret, which nobody else writes', async () => {
    const { sandbox } = there;
    const write = (stringData: object, name = 'given') =>
      sandbox.kubectl(
        ['apply', '--filename', '-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData }),
      );
    /** As GitOps does: what is no longer declared is no longer there. */
    const replace = async (stringData: object) => {
      await sandbox.kubectl(['delete', 'secret', 'given']);
      await write(stringData);
    };
    await write({ password: 'the first' });
    const encryption = { passwordSecretRef: { name: 'given' } };
    const declared = await there.declareStore('given', { encryption });
    await there.noted('ours', 'by our own key');
    const spec = { containerRef: { name: 'ours' }, storeRef: { name: 'given' } };
    await there.backUp('ours-before', spec);
    const keys = async () =>
      [...(await there.objects('given')).keys()].filter((name) => name.startsWith('given/keys/')).length;

    const rotation = { requestedAt: 'today', keepPreviousFor: '1s' };
    await there.declareStore('given', { encryption: { ...encryption, rotation } });
    const says = (text: string) =>
      there.storeWhen('given', `says "${text}"`, ({ status }) => status?.rotation?.underWay?.includes(text) === true);
    await says('write the new password into Secret given as nextPassword');
    await replace({ password: 'the first', nextPassword: 'the second' });
    await says('make it password in Secret given');
    expect(await keys()).toBe(2);
    expect((await there.backUp('ours-meanwhile', spec)).status?.phase).toBe('Completed');

    await replace({ password: 'the second' });
    const renewed = await there.storeWhen(
      'given',
      'opens with the new password alone',
      ({ status }) => status?.keyID !== declared.status?.keyID && status?.rotation?.previousKeyID === undefined,
    );
    expect(renewed.status?.rotation).toEqual({ handledRequest: 'today' });
    expect(await keys()).toBe(1);
    expect((await there.backUp('ours-after', spec)).status?.phase).toBe('Completed');
    const secret = await sandbox.client.get(Secret, { namespace: sandbox.namespace, name: 'given' });
    expect(Object.keys(secret?.data ?? {})).toEqual(['password']);
    const back = await there.bringBack('ours-back', {
      source: { backupRef: { name: 'ours-before' } },
      target: { claim: { name: 'ours-again', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    });
    expect(back.status?.phase).toBe('Completed');
  });
});

describe('a store that does not answer', () => {
  test('is left alone for a while, backups wait and say why, and go on once it is back', async () => {
    await using lonely = await Backups.open('store-silent');
    await lonely.declareStore('silent', { validationFrequency: '10s' });
    await lonely.noted('patient', 'waits');
    const name = lonely.store.secret;
    const select = (selector: object) =>
      lonely.sandbox.kubectl([
        'patch',
        'service',
        name,
        '--type=merge',
        '--patch',
        JSON.stringify({ spec: { selector } }),
      ]);
    await select({ app: 'nobody' });
    const silent = await lonely.storeWhen(
      'silent',
      'left alone',
      ({ status }) => status?.circuit?.openUntil !== undefined,
    );
    expect(silent.status).toMatchObject({ phase: 'Degraded', lastError: { code: 'DKR_STORE_UNREACHABLE' } });
    await lonely.apply('Backup', 'patient-first', { containerRef: { name: 'patient' }, storeRef: { name: 'silent' } });
    await lonely.sandbox.eventually('it is Queued and says why', () => {
      const status = lonely.sandbox.get(Backup, 'patient-first')?.status;
      return status?.phase === 'Queued' && status.steps?.[0]?.message?.includes('BackupStore silent is not ready');
    });
    await select({ app: name });
    const ended = await lonely.ended(Backup, 'patient-first');
    expect(ended.status).toMatchObject({ phase: 'Completed' });
    expect(lonely.sandbox.get(BackupStore, 'silent')?.status?.circuit).toBeUndefined();
  });
});

describe('deleting more Backups at once than the threshold allows', () => {
  test('keeps the data of all of them until somebody says that it was meant', async () => {
    await there.declareStore('guarded', { deletionProtection: { threshold: 0 } });
    await there.noted('treasure', 'not to be lost');
    const spec = {
      containerRef: { name: 'treasure' },
      storeRef: { name: 'guarded' },
      deletionPolicy: 'Delete' as const,
    };
    await Promise.all(['treasure-1', 'treasure-2'].map((name) => there.backUp(name, spec)));
    const snapshots = async () =>
      [...(await there.objects('guarded')).keys()].filter((name) => name.startsWith('guarded/snapshots/')).length;
    await there.sandbox.kubectl(['delete', 'backup', 'treasure-1', 'treasure-2', '--wait=false']);
    const held = await there.storeWhen('guarded', 'held', ({ status }) => status?.heldDeletions === 2);
    expect(condition(held, 'DeletionsAllowed')).toMatchObject({ status: 'False', reason: 'MassDeletion' });
    expect(await snapshots()).toBe(2);
    const now = new Date(Date.now() + 1000).toISOString();
    await there.sandbox.kubectl(['annotate', 'backupstore', 'guarded', `dokkerr.io/allow-deletion=${now}`]);
    await there.sandbox.eventually('both are gone', () =>
      ['treasure-1', 'treasure-2'].every((name) => there.sandbox.get(Backup, name) === undefined),
    );
    expect(await snapshots()).toBe(0);
    // One pod for both.
    const told = ['treasure-1', 'treasure-2'].filter((name) =>
      there.sandbox
        .history(Backup, name)
        .some(({ metadata }) => metadata.annotations?.['dokkerr.io/forgotten'] === 'true'),
    );
    expect(told).toHaveLength(1);
  });
});

describe('a store with a limit on each node', () => {
  test('has one pod at work after the other where there is one node, and every backup completes', async () => {
    await there.declareStore('narrow', { concurrency: { maxJobs: 4, maxJobsPerNode: 1 } });
    await there.noted('queue', 'in line');
    const names = ['queue-1', 'queue-2', 'queue-3'];
    const spec = { containerRef: { name: 'queue' }, storeRef: { name: 'narrow' } };
    for (const name of names) await there.apply('Backup', name, spec);
    let most = 0;
    await there.sandbox.eventually(
      'all have ended',
      () => {
        most = Math.max(most, there.sandbox.list(Pod).filter(isMovingIn('narrow')).length);
        return names.every((name) => there.sandbox.get(Backup, name)?.status?.phase === 'Completed');
      },
      240_000,
    );
    expect(most).toBe(1);
  });
});
