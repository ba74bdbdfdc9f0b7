/** Migrations to every kind of target, by every kind of workload, with and without a transform. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { Container } from '#crds/container.ts';
import { Migration } from '#crds/migration.ts';
import { Deployment, Namespace, PersistentVolumeClaim, StatefulSet } from '#runtime/client/kinds.ts';
import { Backups } from './backups.ts';
import { Migrations, program } from './migrations.ts';
import { ask, notes, write } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let backups: Backups;
let sandbox: Sandbox;
let migrations: Migrations;
beforeAll(async () => {
  backups = await Backups.open('targets');
  sandbox = backups.sandbox;
  migrations = new Migrations(backups);
});
afterAll(() => backups[Symbol.asyncDispose]());

const fast = { storageClassName: 'fast' };
const atOnce = { keepSource: { for: '0s' } };

describe.concurrent('a migration', () => {
  test('that is a dry run plans, and touches nothing', async () => {
    await backups.noted('thought', 'only thinking');
    const { status } = await migrations.run('thought-to-fast', {
      source: { containerRef: { name: 'thought' } },
      target: { ...fast, capacity: '48Mi' },
      dryRun: true,
    });
    expect(status).toMatchObject({ phase: 'Planned', outcome: 'Completed' });
    expect(status?.plan).toMatchObject({
      volumes: [{ claim: 'data-thought-0', fromClass: 'standard', toClass: 'fast', toSize: '48Mi' }],
    });
    expect(status?.plan?.warnings).toEqual([expect.stringContaining('there is no backup of claim data-thought-0 yet')]);
    expect(sandbox.list(Backup).filter(({ metadata }) => metadata.name.startsWith('thought'))).toEqual([]);
    const uid = sandbox.get(Migration, 'thought-to-fast')?.metadata.uid ?? '';
    expect(sandbox.list(PersistentVolumeClaim).filter(({ metadata }) => metadata.name.includes(uid))).toEqual([]);
  });

  test('changes the format of the data, has it judged, and the application goes on with the new format', async () => {
    await backups.noted('minutes', 'in the old format');
    const { status } = await migrations.run('minutes-converted', {
      source: { containerRef: { name: 'minutes' } },
      transform: [program('convert', 'convert', '/data')],
      validate: [program('judge', 'check', '/data')],
      ...atOnce,
    });
    expect(status).toMatchObject({ phase: 'Completed' });
    await sandbox.ready('minutes');
    await write(await sandbox.url('minutes'), 'in the new one');
    expect(await backups.notesOf('minutes')).toMatch(/^(in the old format\n)+(in the new one\n)+$/);
    const proof = await backups.backUp('minutes-after', { containerRef: { name: 'minutes' } });
    const { status: judged } = await backups.bringBack('minutes-judged', {
      source: { backupRef: { name: proof.metadata.name } },
      target: { scratch: {} },
      verify: {
        source: 'Metadata',
        target: 'Stats',
        job: { image: 'localhost/notes:1.0', args: ['check', '/data'], timeoutSeconds: 120 },
      },
    });
    expect(judged?.phase).toBe('Completed');
  });

  test('makes a claim of another name, and points the Deployment that uses it there', async () => {
    await migrations.deployed('reader', 'reader-data');
    await write(await migrations.podUrl('reader'), 'of a Deployment');
    const { status } = await migrations.run('reader-anew', {
      source: { claimRef: { name: 'reader-data' } },
      target: { ...fast, name: 'reader-new', capacity: '64Mi' },
      switchOver: { strategy: 'NewClaim' },
      ...atOnce,
    });
    expect(status).toMatchObject({ phase: 'Completed' });
    const volumes = sandbox.get(Deployment, 'reader')?.spec.template.spec?.volumes;
    expect(volumes).toMatchObject([{ persistentVolumeClaim: { claimName: 'reader-new' } }]);
    expect(await migrations.notesOfPod('reader')).toContain('of a Deployment');
    await sandbox.eventually(
      'the old claim is gone',
      () => sandbox.get(PersistentVolumeClaim, 'reader-data') === undefined,
    );
  });

  test('keeps the claim of a Deployment, whose YAML stays as it is', async () => {
    await migrations.deployed('clerk', 'clerk-data');
    await write(await migrations.podUrl('clerk'), 'under the same name');
    const before = sandbox.get(Deployment, 'clerk')?.spec.template;
    const { status } = await migrations.run('clerk-to-fast', {
      source: { claimRef: { name: 'clerk-data' } },
      target: fast,
      ...atOnce,
    });
    expect(status).toMatchObject({ phase: 'Completed', originalReplicas: 1 });
    expect(status?.plan?.warnings).toEqual([expect.stringContaining('storageClassName has to be fast from then on')]);
    expect(sandbox.get(Deployment, 'clerk')?.spec).toMatchObject({ replicas: 1, template: before });
    expect(await migrations.notesOfPod('clerk')).toContain('under the same name');
  });

  test('moves the claim of one replica of a StatefulSet, whose templates stay as they are', async () => {
    await migrations.replicated('ledger');
    await write(await sandbox.podUrl('ledger-0'), 'of the first');
    await write(await sandbox.podUrl('ledger-1'), 'of the second');
    const before = sandbox.get(StatefulSet, 'ledger');
    const untouched = await migrations.volumeOf('data-ledger-0');
    const { status } = await migrations.run('ledger-to-fast', {
      source: { claimRef: { name: 'data-ledger-1' } },
      target: fast,
      ...atOnce,
    });
    expect(status).toMatchObject({ phase: 'Completed', originalReplicas: 2 });
    expect(sandbox.get(StatefulSet, 'ledger')).toMatchObject({
      metadata: { uid: before?.metadata.uid },
      spec: { replicas: 2, volumeClaimTemplates: before?.spec.volumeClaimTemplates },
    });
    expect(sandbox.get(PersistentVolumeClaim, 'data-ledger-1')?.spec.storageClassName).toBe('fast');
    expect((await migrations.volumeOf('data-ledger-0'))?.metadata.name).toBe(untouched?.metadata.name);
    expect(await ask(await sandbox.podUrl('ledger-0'), '/notes')).toBe('of the first\n');
    expect(await ask(await sandbox.podUrl('ledger-1'), '/notes')).toBe('of the second\n');
  });

  test('stages a copy under a name of its own, and stops nothing', async () => {
    await backups.noted('busy', 'goes on');
    const pod = sandbox.pods('busy')[0]?.metadata.uid;
    const { status } = await migrations.run('busy-staged', {
      source: { claimRef: { name: 'data-busy-0' } },
      target: { ...fast, name: 'busy-copy' },
      mode: 'StageOnly',
      verify: { job: { image: 'localhost/notes:1.0', args: ['find', 'goes on'] } },
    });
    expect(status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed', mode: 'Checksum' } });
    expect(status?.downtime).toBeUndefined();
    expect(sandbox.pods('busy')[0]?.metadata.uid).toBe(pod);
    expect(sandbox.get(PersistentVolumeClaim, 'busy-copy')?.status?.phase).toBe('Bound');
    // The way into another cluster.
    const name = status?.backupRef?.name ?? '';
    expect(sandbox.get(Backup, name)?.spec.deletionPolicy).toBe('Retain');
    await sandbox.delete(Migration, 'busy-staged');
    await sandbox.eventually('the Migration is gone', () => sandbox.get(Migration, 'busy-staged') === undefined);
    expect(sandbox.get(Backup, name)?.status?.phase).toBe('Completed');
  });

  test('goes to another namespace only with its consent, and is in use there', async () => {
    await using other = await Sandbox.open('taker');
    await backups.noted('emigrant', 'from far away');
    await migrations.begin('emigrant-away', {
      source: { containerRef: { name: 'emigrant' } },
      target: { namespace: other.namespace },
      ...atOnce,
    });
    const { namespace } = sandbox;
    await sandbox.eventually('it asks for consent', () => {
      const plan = sandbox.get(Migration, 'emigrant-away')?.status?.steps?.[0];
      return plan?.message?.includes(
        `kubectl annotate namespace ${other.namespace} dokkerr.io/migrations-from=${namespace}`,
      );
    });
    const annotations = { 'dokkerr.io/migrations-from': namespace };
    await sandbox.client.patch(Namespace, { name: other.namespace }, { metadata: { annotations } });
    const { status } = await migrations.ended('emigrant-away');
    expect(status).toMatchObject({ phase: 'Completed' });
    const existingClaim = { claimName: 'data-emigrant-0' };
    await other.declare('emigrant', notes({ volumes: [{ name: 'data', mountPath: '/data', existingClaim }] }));
    await other.ready('emigrant');
    expect(await backups.in(other).notesOf('emigrant')).toContain('from far away');
    // It would start with an empty volume.
    expect(sandbox.get(Container, 'emigrant')?.metadata.annotations).toHaveProperty(['dokkerr.io/stopped-for']);
  });

  test('that waits for an approval keeps the application running, and takes along what it wrote meanwhile', async () => {
    await backups.noted('patient', 'first');
    await migrations.begin('patient-to-fast', {
      source: { containerRef: { name: 'patient' } },
      target: fast,
      switchOver: { requireApproval: true },
      ...atOnce,
    });
    await migrations.reached('patient-to-fast', 'AwaitingApproval');
    await write(await sandbox.url('patient'), 'second');
    await migrations.change('patient-to-fast', { switchOver: { approved: true } });
    const { status } = await migrations.ended('patient-to-fast');
    expect(status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed', mode: 'Sample' } });
    await sandbox.ready('patient');
    expect(await backups.notesOf('patient')).toMatch(/^(first\n)+(second\n)+$/);
  });

  test('that is deleted after its switch leaves the new volume in use, and the old one to be looked at', async () => {
    await backups.noted('widow', 'kept');
    const old = await migrations.volumeOf('data-widow-0');
    await migrations.begin('widow-to-fast', { source: { containerRef: { name: 'widow' } }, target: fast });
    await migrations.reached('widow-to-fast', 'Switched');
    await sandbox.delete(Migration, 'widow-to-fast');
    await sandbox.eventually('the Migration is gone', () => sandbox.get(Migration, 'widow-to-fast') === undefined);
    await sandbox.ready('widow');
    expect(sandbox.get(PersistentVolumeClaim, 'data-widow-0')?.spec.storageClassName).toBe('fast');
    expect((await migrations.volumeOf('data-widow-0'))?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
    expect(await migrations.volume(old?.metadata.name ?? '')).toMatchObject({
      spec: { persistentVolumeReclaimPolicy: 'Retain' },
      status: { phase: 'Released' },
    });
  });
});
