/** What becomes of stores and of the runs on them when credentials, key, room, clock or the repository itself are not what they should be. */
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { attachCluster } from '#cluster/local.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Pod } from '#runtime/client/kinds.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import { type MinioServer, startMinio } from '#test/fixtures/minio.ts';
import { StoreProxy } from '#test/fixtures/store-proxy.ts';
import { type OperatorProcess, startOperator } from '#test/operator/process.ts';
import { Backups, patience } from '../e2e/backups.ts';
import { correctSecret, createSecret, readSecret } from '../e2e/secrets.ts';
import { countSnapshots } from './runs.ts';

let operator: OperatorProcess;
/** One of the host, which pods reach. */
let address: string;
let server: MinioServer;
let proxy: StoreProxy;
let there: Backups;
beforeAll(async () => {
  operator = await startOperator({ kubeconfigPath: inject('kubeconfig') });
  address = (await attachCluster(inject('cluster'))).hostIP ?? '';
  server = await startMinio({ address });
  proxy = await StoreProxy.start(server.endpoint, address);
  there = await Backups.openOver(server, 'store-faults', proxy.endpoint);
});
afterAll(async () => {
  await there[Symbol.asyncDispose]();
  await operator.stop();
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const conditionOf = ({ status }: BackupStore, type: string) => status?.conditions?.find((one) => one.type === type);

/** Resolves once that condition of the store is False for that reason. */
function troubled(name: string, type: string, reason: string): Promise<BackupStore> {
  return there.storeWhen(name, `${type} False ${reason}`, (store) => {
    const found = conditionOf(store, type);
    return found?.status === 'False' && found.reason === reason;
  });
}

describe('a store whose Secret is wrong', () => {
  test('of its credentials says which, backups wait, and all goes on once it is corrected', async () => {
    const right = await readSecret(there.sandbox, 'store', 'secretAccessKey');
    await there.declareStore('refused', { validationFrequency: '10s' });
    await there.noted('patient', 'waits');
    await correctSecret(there.sandbox, 'store', { secretAccessKey: 'another' });
    const refused = await troubled('refused', 'BackendReachable', 'AuthFailed');
    expect(conditionOf(refused, 'BackendReachable')?.message).toContain('secretAccessKey');
    await there.apply('Backup', 'patient-first', { containerRef: { name: 'patient' }, storeRef: { name: 'refused' } });
    await there.sandbox.eventually('it is Queued and says why', () => {
      const status = there.sandbox.get(Backup, 'patient-first')?.status;
      return status?.phase === 'Queued' && status.steps?.[0]?.message?.includes('secretAccessKey');
    });
    await correctSecret(there.sandbox, 'store', { secretAccessKey: right });
    expect((await there.ended(Backup, 'patient-first')).status?.phase).toBe('Completed');
  });

  test('of its key from the start opens nothing and makes nothing, and is tried again once it is corrected', async () => {
    await there.declareStore('locked');
    const right = await readSecret(there.sandbox, 'locked-key', 'password');
    const before = await there.objects('locked');
    const prefix = there.prefixOf('locked');
    await createSecret(there.sandbox, 'guessed', { password: 'guessed' });
    const encryption = { passwordSecretRef: { name: 'guessed' } };
    await there.applyStore('guessing', { encryption }, { prefix });
    const failed = await troubled('guessing', 'RepositoryReady', 'WrongKey');
    expect(failed.status).toMatchObject({ phase: 'Failed', lastError: { code: 'DKR_REPOSITORY_KEY_WRONG' } });
    expect(await there.objects('locked')).toEqual(before);
    await correctSecret(there.sandbox, 'guessed', { password: right });
    const ready = await there.storeReady('guessing');
    expect(ready.status?.repositoryID).toBe(there.sandbox.get(BackupStore, 'locked')?.status?.repositoryID);
  });

  test('of its key by a later mistake fails backups at once, and stores the next once it is corrected', async () => {
    await there.declareStore('mistaken');
    const right = await readSecret(there.sandbox, 'mistaken-key', 'password');
    await there.noted('keyed', 'behind a key');
    await correctSecret(there.sandbox, 'mistaken-key', { password: 'another' });
    const spec = { containerRef: { name: 'keyed' }, storeRef: { name: 'mistaken' } };
    const refused = await there.backUp('keyed-refused', spec);
    expect(refused.status).toMatchObject({ phase: 'Failed', failureClass: 'WrongKey' });
    expect(refused.status?.steps?.find(({ name }) => name === 'Store')?.spent).toBeUndefined();
    await correctSecret(there.sandbox, 'mistaken-key', { password: right });
    expect((await there.backUp('keyed-stored', spec)).status?.phase).toBe('Completed');
    expect(await countSnapshots(there, 'mistaken')).toBe(1);
  });
});

test('a store whose repository is gone says so, makes none anew, and takes backups again once it is brought back', async () => {
  await there.declareStore('vanished', { validationFrequency: '10s' });
  await there.noted('trusting', 'still there');
  const { client, bucket } = there.store;
  const config = `${there.prefixOf('vanished')}/config`;
  const content = await buffer(await client.getObject(bucket, config));
  await client.removeObject(bucket, config);
  const gone = await troubled('vanished', 'RepositoryReady', 'RepositoryMissing');
  expect(gone.status).toMatchObject({ phase: 'Failed', lastError: { code: 'DKR_REPOSITORY_MISSING' } });
  await there.apply('Backup', 'trusting-first', {
    containerRef: { name: 'trusting' },
    storeRef: { name: 'vanished' },
  });
  await there.sandbox.eventually('it is Queued and says why', () => {
    const status = there.sandbox.get(Backup, 'trusting-first')?.status;
    return status?.phase === 'Queued' && status.steps?.[0]?.message?.includes('is gone from the bucket');
  });
  expect([...(await there.objects('vanished')).keys()]).not.toContain(config);
  await client.putObject(bucket, config, content);
  const { status } = await there.ended(Backup, 'trusting-first');
  expect(status?.phase).toBe('Completed');
});

test('a store with a pack whose content is wrong is repaired, and whole again after the next backup', async () => {
  const maintenance = { check: { schedule: '@yearly', readDataPercent: 100 } };
  await there.declareStore('rotten', { maintenance });
  await there.noted('archive', incompressible(45_000).toString('base64'));
  const spec = { containerRef: { name: 'archive' }, storeRef: { name: 'rotten' } };
  await there.backUp('archive-first', spec);
  await there.damage('rotten');
  await there.ask('rotten', 'check', 'harmed');
  const found = await there.storeWhen('rotten', 'found damaged', ({ status }) => status?.lastCheckResult === 'Failed');
  expect(found.status?.damagedPacks).toHaveLength(1);
  expect(conditionOf(found, 'RepositoryHealthy')).toMatchObject({ status: 'False', reason: 'RepositoryCorrupt' });
  const repaired = await there.storeWhen('rotten', 'repaired', ({ status }) => status?.lastRepairedAt !== undefined);
  expect(repaired.status).toMatchObject({ phase: 'Degraded', damagedPacks: [] });
  const again = await there.backUp('archive-second', spec);
  expect(again.status?.phase).toBe('Completed');
  expect(again.status?.volumes?.[0]?.storedBytes).toBeGreaterThan(40_000);
  await there.ask('rotten', 'check', 'mended');
  const whole = await there.storeWhen('rotten', 'whole', ({ status }) => status?.lastCheckResult === 'Passed');
  expect(whole.status?.phase).toBe('Ready');
  const { status } = await there.bringBack('archive-back', {
    source: { backupRef: { name: 'archive-first' } },
    target: { claim: { name: 'archive-again', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    verify: { source: 'Data', target: 'Checksum' },
  });
  expect(status?.phase).toBe('Completed');
});

test('while the clock of a store is wrong nothing goes by its age, and all goes on once it is right', async () => {
  await there.declareStore('skewed', { validationFrequency: '10s' });
  await there.noted('aging', 'for a minute');
  const spec = { containerRef: { name: 'aging' }, storeRef: { name: 'skewed' } };
  proxy.aheadMs = 20 * 60_000;
  await troubled('skewed', 'ClockSynchronized', 'ClockSkewed');
  const kept = await there.backUp('aging-first', { ...spec, ttl: '1s' });
  expect(kept.status?.phase).toBe('Completed');
  await there.ask('skewed', 'prune', 'while-skewed');
  await there.storeWhen(
    'skewed',
    'held back from pruning',
    ({ status }) => status?.prune?.held?.includes('clock') === true,
  );
  expect(there.sandbox.get(Backup, 'aging-first')?.metadata.deletionTimestamp).toBeUndefined();
  expect(await countSnapshots(there, 'skewed')).toBe(1);
  proxy.aheadMs = 0;
  await there.storeWhen('skewed', 'pruned', ({ status }) => status?.prune?.handledRequest === 'while-skewed');
  await there.sandbox.eventually('the expired one is gone', () => !there.sandbox.get(Backup, 'aging-first'), 150_000);
  expect(await countSnapshots(there, 'skewed')).toBe(0);
});

test('a backup outlasts a store that falls silent in the middle of it, and is stored once', async () => {
  await there.declareStore('silent', { validationFrequency: '10s', throttle: { uploadKiBps: 8 } });
  await there.noted('lasting', incompressible(45_000).toString('base64'), incompressible(45_000).toString('base64'));
  await there.apply('Backup', 'lasting-first', { containerRef: { name: 'lasting' }, storeRef: { name: 'silent' } });
  await there.sandbox.eventually('its mover moves', () => {
    const steps = there.sandbox.get(Backup, 'lasting-first')?.status?.steps;
    return steps?.find(({ name }) => name === 'Store')?.message?.includes('0 of 1 claim');
  });
  await server.pause();
  try {
    await there.storeWhen('silent', 'left alone', ({ status }) => status?.circuit?.openUntil !== undefined);
  } finally {
    await server.resume();
  }
  const { status } = await there.ended(Backup, 'lasting-first');
  expect(status?.phase).toBe('Completed');
  expect(await countSnapshots(there, 'silent')).toBe(1);
});

test('a backup whose store and pod are lost begins no other pod before the store is back', async () => {
  await there.declareStore('lost', { validationFrequency: '10s', throttle: { uploadKiBps: 4 } });
  await there.noted('unlucky', incompressible(45_000).toString('base64'));
  const { sandbox } = there;
  await there.apply('Backup', 'unlucky-first', {
    containerRef: { name: 'unlucky' },
    storeRef: { name: 'lost' },
    runPolicy: { backoffLimit: 1 },
  });
  const isMoving = ({ metadata, status }: Pod) =>
    metadata.labels?.['dokkerr.io/store'] === 'lost' &&
    metadata.labels['dokkerr.io/mover'] === 'backup' &&
    status?.phase === 'Running';
  const pod = await sandbox.eventually('its mover runs', () => sandbox.list(Pod).find(isMoving), patience);
  await server.stop('SIGKILL');
  await there.storeWhen('lost', 'silent', ({ status }) => status?.phase === 'Degraded');
  await sandbox.kubectl(['delete', 'pod', pod.metadata.name, '--grace-period=1']);
  const step = () => sandbox.get(Backup, 'unlucky-first')?.status?.steps?.find(({ name }) => name === 'Store');
  await sandbox.eventually('it waits', () => step()?.message?.includes('BackupStore lost is not ready'), patience);
  expect(step()?.spent).toBe(1);
  await server.start();
  const { status } = await there.ended(Backup, 'unlucky-first');
  expect(status?.phase).toBe('Completed');
  expect(step()?.spent).toBe(1);
  expect(await countSnapshots(there, 'lost')).toBe(1);
});

describe('a store that is full', () => {
  test('fails backups and never passes one for stored, and lets go of what is deleted', async () => {
    await using small = await startMinio({ address, sizeMiB: 64, port: 9001 });
    const tight = await Backups.openOver(small, 'store-full');
    try {
      await tight.noted('growing', incompressible(45_000).toString('base64'));
      const spec = { containerRef: { name: 'growing' }, deletionPolicy: 'Delete' as const };
      expect((await tight.backUp('growing-first', spec)).status?.phase).toBe('Completed');
      await small.fill(tight.store.bucket);
      const refused = await tight.backUp('growing-second', spec);
      expect(refused.status).toMatchObject({ phase: 'Failed', failureClass: 'NoSpace' });
      expect(await countSnapshots(tight)).toBe(1);
      await tight.sandbox.delete(Backup, 'growing-first');
      await tight.sandbox.eventually('it is gone', () => tight.sandbox.get(Backup, 'growing-first') === undefined);
      expect(await countSnapshots(tight)).toBe(0);
      await tight.ask('offsite', 'prune', 'while-full');
      const held = await tight.storeWhen('offsite', 'not pruned', ({ status }) => status?.prune?.failure === 'NoSpace');
      expect(conditionOf(held, 'Maintained')?.message).toContain('make room');
      await small.empty(tight.store.bucket);
      await tight.ask('offsite', 'prune', 'with-room');
      await tight.storeWhen('offsite', 'pruned', ({ status }) => status?.lastPrunedAt !== undefined);
      expect((await tight.backUp('growing-third', spec)).status?.phase).toBe('Completed');
    } finally {
      await tight[Symbol.asyncDispose]();
    }
  });
});
