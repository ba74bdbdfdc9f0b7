/** Runs whose volumes, namespaces or pods are not what they need: what is refused, what is undone, and what it is called. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Cluster } from '#cluster/cluster.ts';
import { attachCluster } from '#cluster/local.ts';
import { Backup } from '#crds/backup.ts';
import { Container } from '#crds/container.ts';
import { Restore } from '#crds/restore.ts';
import { PersistentVolumeClaim, Pod } from '#runtime/client/kinds.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import { type OperatorProcess, startOperator } from '#test/operator/process.ts';
import { Backups, patience } from '../e2e/backups.ts';
import { keptNotes, write } from '../e2e/notes.ts';
import { copySecret } from '../e2e/secrets.ts';
import { type BackupsOnHost, openOnHost } from './on-host.ts';

let cluster: Cluster;
let operator: OperatorProcess;
let host: BackupsOnHost;
let there: Backups;
beforeAll(async () => {
  cluster = await attachCluster(inject('cluster'));
  operator = await startOperator({ kubeconfigPath: inject('kubeconfig') });
  host = await openOnHost('volume-faults');
  there = host.backups;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await operator.stop();
});

/** Runs a line of shell as root in the folder that a Container's only pod has mounted from its claim. */
async function inVolume(name: string, line: string): Promise<void> {
  const pod = there.sandbox.pods(name)[0]?.metadata.uid ?? '';
  const volume = there.sandbox.get(PersistentVolumeClaim, `data-${name}-0`)?.spec?.volumeName ?? '';
  const folder = `${cluster.dir}/kubelet/pods/${pod}/volumes/kubernetes.io~csi/${volume}/mount`;
  await cluster.exec('sh', ['-c', `cd ${folder} && ${line} && sync --file-system .`]);
}

const wasStopped = (name: string) =>
  there.sandbox
    .history(Container, name)
    .some(({ metadata }) => metadata.annotations?.['dokkerr.io/stopped-for'] !== undefined);

test('a file that its owner alone may read fails a backup, by name, and is left out where that is allowed', async () => {
  await there.noted('private', 'for all');
  await inVolume('private', 'echo for one >secret && chmod 600 secret');
  const spec = { containerRef: { name: 'private' } };
  const refused = await there.backUp('private-refused', spec);
  expect(refused.status).toMatchObject({ phase: 'Failed', failureClass: 'SourceUnreadable' });
  expect(refused.status?.failure?.message).toContain('/data/secret');
  const partial = await there.backUp('private-partial', { ...spec, onUnreadableFiles: 'Warn' });
  expect(partial.status).toMatchObject({ phase: 'PartiallyFailed', verification: { result: 'Passed' } });
  expect(partial.status?.volumes).toMatchObject([{ filesFailed: 1, unreadable: ['/data/secret'] }]);
});

describe('a restore', () => {
  test('waits for a claim that somebody uses, says who, and goes on once it is free', async () => {
    await there.noted('tenant', 'in use');
    await there.backUp('tenant-first', { containerRef: { name: 'tenant' } });
    await there.apply('Restore', 'tenant-back', {
      source: { backupRef: { name: 'tenant-first' } },
      target: { claimRef: { name: 'data-tenant-0' } },
    });
    await there.sandbox.eventually('it says who uses it', () =>
      there.sandbox
        .get(Restore, 'tenant-back')
        ?.status?.steps?.find(({ name }) => name === 'Quiesce')
        ?.message?.includes('in use by pod tenant-0'),
    );
    await there.sandbox.declare('tenant', keptNotes({ suspend: true }));
    expect((await there.ended(Restore, 'tenant-back')).status?.phase).toBe('Completed');
  });

  test('into a volume that becomes full is undone, and the application has what it had', async () => {
    await there.noted('large', 'more than fits');
    await inVolume('large', 'head -c 26000000 /dev/urandom >bulk');
    await there.backUp('large-first', { containerRef: { name: 'large' } });
    await there.sandbox.declare('small', keptNotes({}, '16Mi'));
    await there.sandbox.ready('small');
    await write(await there.sandbox.url('small'), 'what it had');
    const { status } = await there.bringBack('large-into-small', {
      source: { backupRef: { name: 'large-first' } },
      target: { containerRef: { name: 'small' } },
    });
    expect(status).toMatchObject({ phase: 'RolledBack', failureClass: 'NoSpace' });
    await there.sandbox.ready('small');
    expect(await there.notesOf('small')).toContain('what it had');
  });

  test('as of a time before the first backup brings back nothing, not the latest either', async () => {
    await there.noted('young', 'born today');
    await there.backUp('young-first', { containerRef: { name: 'young' } });
    const { status } = await there.bringBack('young-back', {
      source: { containerRef: { name: 'young' }, asOf: '2020-01-01T00:00:00Z' },
      target: { containerRef: { name: 'young' } },
    });
    expect(status).toMatchObject({ phase: 'Failed', failureClass: 'SnapshotMissing' });
    expect(wasStopped('young')).toBe(false);
  });
});

describe('a restore from a repository that is damaged', () => {
  /** Damages the content of the pack that has the Container's data, and changes what lies in its volume. */
  async function harmed(name: string): Promise<void> {
    await there.declareStore(name);
    await there.noted(name, incompressible(45_000).toString('base64'));
    await there.backUp(`${name}-first`, { containerRef: { name }, storeRef: { name } });
    await there.damage(name);
    await inVolume(name, 'rm -r ./*');
    const [before] = there.sandbox.pods(name);
    await there.sandbox.delete(Pod, `${name}-0`);
    await there.sandbox.eventually('another pod runs', () => {
      const [pod] = there.sandbox.pods(name);
      const isReady = pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
      return isReady === true && pod?.metadata.uid !== before?.metadata.uid;
    });
    await write(await there.sandbox.url(name), 'what it has now');
  }

  test('touches nothing when it reads its source first, and stops nobody', async () => {
    await harmed('cautious');
    const { status } = await there.bringBack('cautious-back', {
      source: { backupRef: { name: 'cautious-first' } },
      target: { containerRef: { name: 'cautious' } },
      verify: { source: 'Data', target: 'Stats' },
    });
    expect(status).toMatchObject({ phase: 'Failed', failureClass: 'RepositoryCorrupt' });
    expect(status?.failure?.step).toBe('VerifyIntegrity');
    expect(wasStopped('cautious')).toBe(false);
  });

  test('is undone when it only finds out on its way, and the application has what it had', async () => {
    await harmed('hasty');
    const { status } = await there.bringBack('hasty-back', {
      source: { backupRef: { name: 'hasty-first' } },
      target: { containerRef: { name: 'hasty' } },
    });
    expect(status?.phase).toBe('RolledBack');
    await there.sandbox.ready('hasty');
    expect(await there.notesOf('hasty')).toContain('what it has now');
  });
});

describe('a backup whose pod', () => {
  test('finds no node says so, and does not wait for ever', async () => {
    await there.noted('homeless', 'kept');
    const { status } = await there.backUp('homeless-first', {
      containerRef: { name: 'homeless' },
      mover: { nodeSelector: { 'test.dokkerr.io/nowhere': 'true' } },
      runPolicy: { backoffLimit: 0, activeDeadlineSeconds: 3600, podStartupDeadlineSeconds: 5 },
    });
    expect(status).toMatchObject({ phase: 'Failed', failureClass: 'Unschedulable' });
    expect(status?.failure?.message).toContain('no node takes it');
  });

  test('takes too long is ended, and says after how long', async () => {
    await there.declareStore('crawling', { throttle: { uploadKiBps: 4 } });
    await there.noted('bulky', incompressible(45_000).toString('base64'), incompressible(45_000).toString('base64'));
    const { status } = await there.backUp('bulky-first', {
      containerRef: { name: 'bulky' },
      storeRef: { name: 'crawling' },
      runPolicy: { backoffLimit: 0, activeDeadlineSeconds: 10, podStartupDeadlineSeconds: 300 },
    });
    expect(status).toMatchObject({ phase: 'Failed', failureClass: 'Deadline' });
    expect(status?.failure?.message).toContain('within 10 s');
  });
});

test('a namespace deleted in the middle of a restore goes, and what the store has comes back elsewhere', async () => {
  const doomed = await Backups.openBeside(there, 'doomed');
  await doomed.noted('will', incompressible(45_000).toString('base64'), 'the last one');
  const { status } = await doomed.backUp('will-first', { containerRef: { name: 'will' } });
  const id = status?.volumes?.[0]?.snapshotID ?? '';
  await copySecret({ from: doomed.sandbox, name: 'offsite-key', to: there.sandbox, as: 'doomed-key' });
  await doomed.declareStore('offsite', { throttle: { downloadKiBps: 4 } });
  await doomed.apply('Restore', 'will-back', {
    source: { backupRef: { name: 'will-first' } },
    target: { claim: { name: 'will-again', size: '32Mi' } },
  });
  const { sandbox } = doomed;
  const isWriting = ({ metadata, status: now }: Pod) =>
    metadata.labels?.['dokkerr.io/mover'] === 'restore' && now?.phase === 'Running';
  await sandbox.eventually('its mover runs', () => sandbox.list(Pod).some(isWriting), patience);
  await there.sandbox.kubectl(['delete', 'namespace', sandbox.namespace, '--timeout=180s']);
  await sandbox[Symbol.asyncDispose]();

  const prefix = doomed.prefixOf('offsite');
  await there.declareStore('inherited', { encryption: { passwordSecretRef: { name: 'doomed-key' } } }, { prefix });
  const restored = await there.bringBack('will-at-last', {
    source: { snapshot: { storeRef: { name: 'inherited' }, id } },
    target: { claim: { name: 'will', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
  });
  expect(restored.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
});

test('a backup into a store of another namespace says that there is none here, and what to do', async () => {
  const others = await Backups.openBeside(there, 'elsewhere');
  try {
    await others.declareStore('theirs');
    await there.apply('Backup', 'into-theirs', {
      source: { claims: [{ name: 'any' }] },
      storeRef: { name: 'theirs' },
    });
    await there.sandbox.eventually('what to do', () =>
      there.sandbox
        .get(Backup, 'into-theirs')
        ?.status?.steps?.[0]?.message?.includes('create it there, for a store serves its own namespace alone'),
    );
  } finally {
    await others[Symbol.asyncDispose]();
  }
});
