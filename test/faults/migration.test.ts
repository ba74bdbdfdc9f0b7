/**
 * Migrations while those die that do the work: the operator at each of its writes, there and back, movers with their data
 * half-way, and programs of the node. Each ends where it was asked to, and the application has its data.
 */
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { Cluster } from '#cluster/cluster.ts';
import { attachCluster } from '#cluster/local.ts';
import type { Migration, MigrationPhase } from '#crds/migration.ts';
import { Pod } from '#runtime/client/kinds.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import type { Backups } from '../e2e/backups.ts';
import { Migrations } from '../e2e/migrations.ts';
import { type BackupsOnHost, openOnHost } from './on-host.ts';
import { WatchedOperator } from './watched-operator.ts';

let cluster: Cluster;
let operator: WatchedOperator;
let host: BackupsOnHost;
let backups: Backups;
let migrations: Migrations;
beforeAll(async () => {
  cluster = await attachCluster(inject('cluster'));
  operator = await WatchedOperator.start(inject('kubeconfig'));
  host = await openOnHost('migration-faults');
  backups = host.backups;
  migrations = new Migrations(backups);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});
afterEach(() => operator.spare());

const toFast = (name: string, more: object = {}) => ({
  source: { containerRef: { name } },
  target: { storageClassName: 'fast' },
  ...more,
});

/** The Container runs, on a volume of that class, and has the note. */
async function expectServing(name: string, storageClassName: string, note: string): Promise<void> {
  await backups.sandbox.ready(name);
  expect(await backups.notesOf(name)).toContain(note);
  expect((await migrations.volumeOf(`data-${name}-0`))?.spec.storageClassName).toBe(storageClassName);
}

const spentBy = ({ status }: Migration) => status?.steps?.filter(({ spent }) => spent !== undefined);

test('an operator that dies at each of its writes for it, there and back, moves everything once', async () => {
  await backups.noted('moved', 'all of it');
  const old = await migrations.volumeOf('data-moved-0');
  const there = operator.dieAtEach('migration');
  await migrations.begin('moved-to-fast', toFast('moved'));
  await migrations.reached('moved-to-fast', 'Switched');
  const onTheWay = ['Backup', 'Load', 'Quiesce', 'Synchronise', 'Verify', 'SwitchOver', 'Resume'];
  expect(there()).toEqual(expect.arrayContaining(onTheWay));
  await expectServing('moved', 'fast', 'all of it');

  const back = operator.dieAtEach('migration');
  await migrations.change('moved-to-fast', { rollback: { requested: true } });
  const ended = await migrations.ended('moved-to-fast');
  expect(back()).toEqual(expect.arrayContaining(['Stop', 'RestoreBackup', 'Resume', 'CleanUp']));
  expect(ended.status?.phase).toBe('RolledBack');
  expect(spentBy(ended)).toEqual([]);
  expect((await migrations.volumeOf('data-moved-0'))?.metadata.name).toBe(old?.metadata.name);
  await expectServing('moved', 'standard', 'all of it');
});

test('movers that are killed with the data half-way are followed by others, which finish', async () => {
  // Eight seconds each way.
  await backups.declareStore('crawling', { throttle: { uploadKiBps: 4, downloadKiBps: 4 } });
  const note = incompressible(45_000).toString('base64').slice(0, 50_000);
  await backups.noted('carried', note);
  await migrations.begin('carried-to-fast', toFast('carried', { storeRef: { name: 'crawling' } }));
  const { sandbox } = backups;
  const killed: string[] = [];
  for (const work of ['backup', 'restore']) {
    const pod = await sandbox.eventually(`a mover at ${work}`, () =>
      sandbox
        .list(Pod)
        .find(({ metadata, status }) => metadata.labels?.['dokkerr.io/mover'] === work && status?.phase === 'Running'),
    );
    killed.push(pod.metadata.uid ?? '');
    await sandbox.kubectl(['delete', 'pod', pod.metadata.name, '--grace-period=0', '--force']);
  }
  await migrations.reached('carried-to-fast', 'Switched');
  expect(new Set(killed).size).toBe(2);
  await expectServing('carried', 'fast', note.slice(0, 100));
});

/** Where most depends on them. */
const deadly: readonly MigrationPhase[] = ['Copying', 'Synchronising', 'SwitchingOver', 'Starting'];

test.for(['kubelet', 'containerd', 'kube-controller-manager', 'kube-scheduler'] as const)(
  'a %s that is killed in each of its phases keeps it no longer than until it is back',
  async (program) => {
    const name = `under-${program}`;
    await backups.noted(name, 'all of it');
    await migrations.begin(`${name}-to-fast`, toFast(name, { keepSource: { for: '0s' } }));
    for (const phase of deadly) {
      await migrations.passed(`${name}-to-fast`, phase);
      await cluster.kill(program);
      await cluster.start(program);
    }
    const { status } = await migrations.ended(`${name}-to-fast`);
    expect(status?.phase).toBe('Completed');
    await expectServing(name, 'fast', 'all of it');
  },
);
