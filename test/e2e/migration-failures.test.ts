/** Migrations that fail at each of their steps: everything is as it was, and the application serves the old data. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Migration } from '#crds/migration.ts';
import { Deployment, Job, PersistentVolumeClaim, Pod, StorageClass } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { Backups, patience } from './backups.ts';
import { type MigrationOrder, Migrations, program } from './migrations.ts';
import { write } from './notes.ts';
import type { Sandbox } from './sandbox.ts';

let backups: Backups;
let sandbox: Sandbox;
let migrations: Migrations;
beforeAll(async () => {
  backups = await Backups.open('undone');
  sandbox = backups.sandbox;
  migrations = new Migrations(backups);
});
afterAll(() => backups[Symbol.asyncDispose]());

const fast = { storageClassName: 'fast' };
/** One attempt. */
const once = { backoffLimit: 0 };
/** And no long waiting for a pod that never starts. */
const hasty = { runPolicy: { ...once, podStartupDeadlineSeconds: 20 } };

/** Runs a migration of a Container of that name, and looks whether all is as it was. */
async function undone(name: string, spec: MigrationOrder, meanwhile: () => Promise<void> = async () => undefined) {
  await backups.noted(name, 'as it was');
  const old = await migrations.volumeOf(`data-${name}-0`);
  await migrations.begin(`${name}-fails`, { source: { containerRef: { name } }, runPolicy: once, ...spec });
  await meanwhile();
  const { status } = await migrations.ended(`${name}-fails`);
  expect(status).toMatchObject({ phase: 'RolledBack', itinerary: 'Rollback' });
  await asBefore(name, old?.metadata.name);
  return status;
}

async function asBefore(name: string, volume: string | undefined): Promise<void> {
  const now = await migrations.volumeOf(`data-${name}-0`);
  expect(now?.metadata.name).toBe(volume);
  expect(now?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
  expect(now?.metadata.annotations).not.toHaveProperty(['dokkerr.io/migrated-by']);
  await sandbox.ready(name);
  await write(await sandbox.url(name), 'and goes on');
  // A note that was not answered in time is written again.
  expect(new Set((await backups.notesOf(name)).trimEnd().split('\n'))).toEqual(new Set(['as it was', 'and goes on']));
  const uid = sandbox.get(Migration, `${name}-fails`)?.metadata.uid;
  const isItsOwn = ({ metadata: { ownerReferences = [] } }: Job | PersistentVolumeClaim | Backup) =>
    ownerReferences.some((owner) => owner.uid === uid);
  const kinds = () => [...sandbox.list(Job), ...sandbox.list(PersistentVolumeClaim), ...sandbox.list(Backup)];
  await sandbox.eventually('nothing of it is left', () => !kinds().some(isItsOwn), patience);
}

/** What a step waits for. */
function stepMessage(migration: string, step: string): string {
  const { steps = [] } = sandbox.get(Migration, migration)?.status ?? {};
  return steps.find(({ name, itinerary }) => name === step && itinerary === undefined)?.message ?? '';
}

/** Runs a program of the notes on a claim, as somebody does who has no business there. */
async function meddle(claim: string, ...args: string[]): Promise<void> {
  const name = `meddler-${claim.slice(-20)}`;
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  await sandbox.client.create(Pod, {
    apiVersion: 'v1',
    kind: Pod.kind,
    metadata: { namespace: sandbox.namespace, name },
    spec: {
      restartPolicy: 'Never',
      securityContext: { runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532 },
      containers: [{ name: 'meddler', image: 'localhost/notes:1.0', args, volumeMounts }],
      volumes,
    },
  });
  await sandbox.eventually('the meddler is through', () => sandbox.get(Pod, name)?.status?.phase === 'Succeeded');
  await sandbox.delete(Pod, name);
}

describe.concurrent('a migration is undone, and the application serves what it had', () => {
  test('when a transform fails, in its own words', async () => {
    const status = await undone('refused', { transform: [program('look', 'find', 'what is not there')] });
    expect(status?.failure).toMatchObject({ step: 'Transform', reason: 'TransformFailed' });
    expect(status?.failure?.message).toContain('bytes of them says "what is not there"');
  });

  test('when the image of a transform does not exist', async () => {
    const transform = [{ ...program('none'), image: 'localhost/none:1.0' }];
    const status = await undone('imageless', { transform, ...hasty });
    expect(status?.failure).toMatchObject({ step: 'Transform' });
    expect(status?.failure?.message).toContain('localhost/none:1.0');
  });

  test('when a validate program refuses what was transformed', async () => {
    const status = await undone('invalid', {
      transform: [program('nothing', 'find', 'as it was')],
      validate: [program('judge', 'check', '/data')],
    });
    expect(status?.failure).toMatchObject({ step: 'Validate', reason: 'VerificationFailed' });
  });

  test('when the class of the new volume cannot make one', async () => {
    await sandbox.client.apply(StorageClass, {
      apiVersion: apiVersionOf(StorageClass),
      kind: StorageClass.kind,
      metadata: { name: `broken-${sandbox.namespace}` },
      provisioner: 'nobody.example.com',
    });
    const status = await undone('classless', { ...hasty, target: { storageClassName: `broken-${sandbox.namespace}` } });
    expect(status?.failure).toMatchObject({ step: 'Load', reason: 'Unschedulable' });
    await sandbox.client.delete(StorageClass, { name: `broken-${sandbox.namespace}` });
  });

  test('when the new volume is not what the old one is', async () => {
    const status = await undone('damaged', { target: fast, switchOver: { requireApproval: true } }, async () => {
      const { status: waiting } = await migrations.reached('damaged-fails', 'AwaitingApproval');
      await meddle(waiting?.resolved?.volumes?.[0]?.staging ?? '', 'damage', '/data');
      await migrations.change('damaged-fails', { switchOver: { approved: true } });
    });
    expect(status).toMatchObject({ failureClass: 'VerificationFailed' });
    expect(status?.failure?.message).toContain('notes.log');
  });

  test('when the application is not ready in time with the new volume, which is kept for what it wrote', async () => {
    const status = await undone('ruined', {
      transform: [program('ruin', 'ruin', '/data')],
      switchOver: { readyWithin: '15s' },
    });
    expect(status?.failure).toMatchObject({ step: 'Resume', code: 'DKR_WORKLOAD_FAILED' });
    expect(status?.retainedVolumes).toMatchObject([{ claim: `${sandbox.namespace}/data-ruined-0` }]);
    expect(status?.downtime?.seconds).toBeGreaterThan(15);
  });

  test('when that is asked for, of an application that is not ready and was left to a person', async () => {
    const spec = {
      transform: [program('ruin', 'ruin', '/data')],
      switchOver: { readyWithin: '15s' },
      rollback: { automatic: false },
    };
    const status = await undone('undecided', spec, async () => {
      await migrations.reached('undecided-fails', 'Starting');
      await sandbox.eventually(
        'it says what to do',
        () => stepMessage('undecided-fails', 'Resume').includes('dokkerr migration rollback undecided-fails'),
        patience,
      );
      await migrations.change('undecided-fails', { rollback: { requested: true } });
    });
    expect(status?.failure).toBeUndefined();
    expect(status?.retainedVolumes).toMatchObject([{ claim: `${sandbox.namespace}/data-undecided-0` }]);
  });

  test('when the store is gone while the application stands still', async () => {
    await backups.declareStore('fleeting');
    const order = { storeRef: { name: 'fleeting' }, ...hasty, switchOver: { readyWithin: '15s' } };
    const status = await undone('storeless', { ...order, transform: [program('look', 'find', 'x')] }, async () => {
      await migrations.reached('storeless-fails', 'Stopping');
      await sandbox.patch(BackupStore, 'fleeting', { spec: { s3: { credentialsRef: { name: 'gone' } } } });
    });
    expect(status?.failure?.step).toMatch(/Backup|Transform/);
  });

  test('when somebody starts it before the switch, and has what was written since', async () => {
    await migrations.deployed('restless', 'restless-data');
    await write(await migrations.podUrl('restless'), 'as it was');
    const old = await migrations.volumeOf('restless-data');
    const order = { source: { claimRef: { name: 'restless-data' } }, target: fast };
    await migrations.begin('restless-fails', { ...order, runPolicy: once });
    await migrations.reached('restless-fails', 'Synchronising');
    await sandbox.kubectl(['scale', 'deployment', 'restless', '--replicas=1']);
    await write(await migrations.podUrl('restless'), 'while it was to stand still');
    const { status } = await migrations.ended('restless-fails');
    expect(status).toMatchObject({ phase: 'RolledBack' });
    // What was written early enough is found by the comparison already.
    expect(status?.failure?.reason).toMatch(/^(StartedMeanwhile|VerificationFailed)$/);
    expect((await migrations.volumeOf('restless-data'))?.metadata.name).toBe(old?.metadata.name);
    await sandbox.eventually('it is ready, and nobody has it stopped', () => {
      const { metadata, status: counts } = sandbox.get(Deployment, 'restless') ?? {};
      return counts?.readyReplicas === 1 && metadata?.annotations?.['dokkerr.io/stopped-for'] === undefined;
    });
    expect(await migrations.notesOfPod('restless')).toBe('as it was\nwhile it was to stand still\n');
  });

  test('when it is canceled before the switch', async () => {
    await backups.noted('called-off', 'as it was');
    const old = await migrations.volumeOf('data-called-off-0');
    await migrations.begin('called-off-fails', {
      source: { containerRef: { name: 'called-off' } },
      target: fast,
      switchOver: { requireApproval: true },
    });
    await migrations.reached('called-off-fails', 'AwaitingApproval');
    await migrations.change('called-off-fails', { cancel: true });
    expect((await migrations.ended('called-off-fails')).status).toMatchObject({ phase: 'Canceled' });
    await asBefore('called-off', old?.metadata.name);
  });
});

describe.concurrent('a migration is refused, and nothing is touched', () => {
  test('when another one moves the same claim', async () => {
    await backups.noted('wanted', 'twice');
    const order = { source: { containerRef: { name: 'wanted' } }, target: fast };
    await migrations.begin('wanted-first', { ...order, switchOver: { requireApproval: true } });
    await migrations.reached('wanted-first', 'AwaitingApproval');
    const { status } = await migrations.run('wanted-second', {
      ...order,
      source: { claimRef: { name: 'data-wanted-0' } },
    });
    expect(status).toMatchObject({ phase: 'Failed', failure: { step: 'Plan', reason: 'AlreadyMoving' } });
    await migrations.change('wanted-first', { switchOver: { approved: true } });
    await migrations.reached('wanted-first', 'Switched');
    expect(await backups.notesOf('wanted')).toContain('twice');
  });

  test('when the data does not fit, as soon as its size is known', async () => {
    await backups.noted('stout', 'x'.repeat(60_000), 'y'.repeat(60_000));
    const { status } = await migrations.run('stout-to-small', {
      source: { containerRef: { name: 'stout' } },
      target: { capacity: '64Ki' },
    });
    expect(status).toMatchObject({ phase: 'Failed', failure: { step: 'Backup', code: 'DKR_SPEC_INVALID' } });
    expect(status?.failure?.message).toContain('target.capacity is 64Ki: write more than that');
    await sandbox.ready('stout');
  });

  test('when somebody uses the claim that nobody here can stop, until they have ended', async () => {
    const metadata = { name: 'shared', namespace: sandbox.namespace };
    await sandbox.client.create(PersistentVolumeClaim, {
      apiVersion: 'v1',
      kind: PersistentVolumeClaim.kind,
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '32Mi' } } },
    });
    await sandbox.client.create(Pod, {
      apiVersion: 'v1',
      kind: Pod.kind,
      metadata: { ...metadata, name: 'stranger' },
      spec: {
        securityContext: { runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532 },
        containers: [
          { name: 'notes', image: 'localhost/notes:1.0', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shared' } }],
      },
    });
    await sandbox.eventually('the stranger runs', () => sandbox.get(Pod, 'stranger')?.status?.phase === 'Running');
    await migrations.begin('shared-to-fast', {
      source: { claimRef: { name: 'shared' } },
      target: fast,
      keepSource: { for: '0s' },
    });
    await sandbox.eventually('it names the stranger', () =>
      sandbox.get(Migration, 'shared-to-fast')?.status?.steps?.[0]?.message?.includes('used by pod stranger'),
    );
    await sandbox.delete(Pod, 'stranger');
    const { status } = await migrations.ended('shared-to-fast');
    expect(status).toMatchObject({ phase: 'Completed' });
  });
});
