/** `dokkerr migration` against a real API server: this file is the operator, which plans, copies, switches over and goes back. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { Migration, type MigrationStatus } from '#crds/migration.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { PersistentVolumeClaim, StorageClass } from '#runtime/client/kinds.ts';
import { CommandLine } from '#test/operator/command-line.ts';
import { Kubectl } from './crd/kubectl.ts';

let kubectl: Kubectl;
let cluster: ClusterConnection;
let dokkerr: CommandLine;
/** Of the cluster, and so of this file alone. */
let fast: string;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  cluster = await connectCluster({ kubeconfig: inject('kubeconfig') });
  dokkerr = new CommandLine(inject('kubeconfig'), kubectl.namespace);
  fast = `fast-${kubectl.namespace}`;
  await cluster.client.create(PersistentVolumeClaim, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: kubectl.namespace, name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await cluster.client.create(StorageClass, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: fast },
    provisioner: 'example.com/none',
  });
});
afterAll(async () => {
  await cluster.client.delete(StorageClass, { name: fast });
  await cluster.transport.close();
  await kubectl[Symbol.asyncDispose]();
});

const key = (name: string) => ({ namespace: kubectl.namespace, name });
const get = (name: string) => cluster.client.get(Migration, key(name));

/** What the operator would report. */
const report = (name: string, status: Partial<MigrationStatus>) =>
  cluster.client.patch(Migration, key(name), { status }, { subresource: 'status' });

/** `migration start NAME --claim data --to-class …` and whatever else. */
const start = (name: string, ...more: string[]) => [
  ...['migration', 'start', name, '--claim', 'data', '--to-class', fast],
  ...more,
];

const plan: NonNullable<MigrationStatus['plan']> = {
  volumes: [
    {
      claim: 'data',
      volume: 'pvc-1',
      target: 'data',
      fromClass: 'standard',
      toClass: 'fast',
      fromSize: '1Gi',
      toSize: '2Gi',
      bytes: 5 << 20,
    },
  ],
  workloads: [{ kind: 'Deployment', name: 'web', replicas: 2 }],
  expectedDowntimeSeconds: 12,
  warnings: ['the class binds at the first pod'],
};

const refusal = { step: 'Plan', code: 'DKR_SPEC_INVALID', class: 'permanent' } as const;

/** The Migration a plan is asked by, once it is there. */
async function asked(): Promise<Migration> {
  const plans: Migration[] = [];
  const look = async () => {
    const { items } = await cluster.client.list(Migration, { namespace: kubectl.namespace });
    plans.push(...items.filter(({ metadata }) => metadata.name.startsWith('plan-data-')));
    return plans.length > 0;
  };
  await waitUntil('the plan to be asked for', look, { timeoutMs: 20_000 });
  const [found] = plans;
  if (found === undefined) throw new Error('it went away');
  return found;
}

describe('migration plan', () => {
  const call = (...more: string[]) =>
    dokkerr.start('migration', 'plan', '--claim', 'data', '--to-class', fast, '--to-size', '2Gi', ...more);

  test('shows what would be done, for how long the application would stand still, and leaves nothing behind', async () => {
    const planning = call();
    const { metadata, spec } = await asked();
    expect(spec).toMatchObject({ dryRun: true, target: { storageClassName: fast, capacity: '2Gi' } });
    await report(metadata.name, { phase: 'Planned', outcome: 'Completed', source: 'claim data', plan });
    const { code, stdout } = await planning.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Used by +Deployment web \(2 pods\)$/m);
    expect(stdout).toMatch(/^Downtime +about 12s$/m);
    expect(stdout).toMatch(/^data +standard +1Gi +fast +2Gi +5 MiB +data$/m);
    expect(stdout).toContain('- the class binds at the first pod');
    expect(await get(metadata.name)).toBeUndefined();
  });

  test.each<[string, Partial<MigrationStatus>]>([
    ['refuses', { phase: 'Failed', outcome: 'Failed', failure: { ...refusal, message: 'too small' } }],
    ['could only wait', { steps: [{ name: 'Plan', state: 'Running', message: 'too small' }] }],
  ])('ends with 2 and the reason where the operator %s, and leaves nothing behind', async (_, status) => {
    const planning = call();
    const { metadata } = await asked();
    await report(metadata.name, status);
    const { code, stdout, stderr } = await planning.ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('dokkerr: too small\n');
    expect(await get(metadata.name)).toBeUndefined();
  });

  test('ends with 4 where no operator answers, and leaves nothing behind', async () => {
    const planning = call('--timeout', '2s');
    const { metadata } = await asked();
    const { code, stderr } = await planning.ended;
    expect(code).toBe(4);
    expect(stderr).toContain('see whether the operator runs');
    expect(await get(metadata.name)).toBeUndefined();
  });
});

describe('migration start', () => {
  test('follows the copy and the switch, and ends with 0 once the application runs on the new volume', async () => {
    const call = dokkerr.start(...start('moved', '--to-size', '2Gi', '--pre-sync-passes', '2', '--wait'));
    await call.said('Migration moved is made');
    expect((await get('moved'))?.spec).toMatchObject({ preSyncPasses: 2, switchOver: { strategy: 'SwapClaim' } });
    await report('moved', {
      phase: 'Copying',
      steps: [{ name: 'Load', state: 'Running', startedAt: '2026-11-23T01:00:02Z', message: 'pass 1 of 2' }],
    });
    await call.said('Load: pass 1 of 2');
    const downtime = { startedAt: '2026-11-23T01:01:00Z', endedAt: '2026-11-23T01:01:09Z', seconds: 9 };
    await report('moved', { phase: 'Switched', downtime, pointOfNoReturn: '2026-11-24T01:01:09Z' });
    const { code, stdout } = await call.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('the application stood still for 9s, the old volume is kept until 2026-11-24T01:01:09Z');
    expect(stdout).toContain(`dokkerr migration rollback moved -n ${kubectl.namespace}`);
  });

  test('ends with 1 when it went back by itself, and says why', async () => {
    const call = dokkerr.start(...start('returned', '--wait'));
    await call.said('is made');
    const failure = { step: 'Resume', code: 'DKR_DEADLINE', class: 'permanent', message: 'not Ready' } as const;
    await report('returned', { phase: 'RolledBack', outcome: 'RolledBack', failure });
    expect(await call.ended).toMatchObject({
      code: 1,
      stdout: 'Migration returned RolledBack, the data of before is back: at Resume: not Ready\n',
    });
  });

  test.each<[string, string[], string]>([
    ['no source', ['migration', 'start', 'wrong', '--to-class', 'x'], 'write --container NAME for all its claims'],
    ['no difference', ['migration', 'start', 'wrong', '--claim', 'data'], 'nothing would change'],
    [
      'a class that is not there',
      ['migration', 'start', 'wrong', '--claim', 'data', '--to-class', 'fsat'],
      'there is no StorageClass fsat',
    ],
    ['a claim that is not there', ['migration', 'plan', '--claim', 'dta', '--to-size', '2Gi'], 'did you mean data?'],
    ['a copy without a name', start('wrong', '--stage-only'), 'write --to-name NAME too'],
    ['a span of time without a unit', start('wrong', '--keep-source', '7'), 'Write a number and its unit'],
  ])('ends with 2 and one line for %s, and makes nothing', async (_, args, message) => {
    const { code, stdout, stderr } = await dokkerr.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(await get('wrong')).toBeUndefined();
  });
});

describe('a migration under way', () => {
  test('is watched, approved, and goes back, each as far as there is something to do', async () => {
    await dokkerr.run(...start('slow', '--require-approval'));
    const watching = dokkerr.start('migration', 'watch', 'slow');
    const waiting = { name: 'Approve', state: 'Running', startedAt: '2026-11-23T01:00:02Z', message: 'waits' } as const;
    await report('slow', { phase: 'AwaitingApproval', steps: [waiting] });
    await watching.said('Approve: waits');
    expect((await dokkerr.run('migration', 'show', 'slow')).stdout).toMatch(/^Approval +waits for it: dokkerr /m);

    expect(await dokkerr.run('migration', 'approve', 'slow')).toMatchObject({ code: 0 });
    expect((await get('slow'))?.spec.switchOver.approved).toBe(true);
    expect((await dokkerr.run('migration', 'approve', 'slow')).stdout).toBe('Migration slow is approved already\n');
    await report('slow', { phase: 'Switched', pointOfNoReturn: '2026-11-24T01:01:09Z' });
    expect(await watching.ended).toMatchObject({ code: 0 });

    const back = dokkerr.start('migration', 'rollback', 'slow', '--wait');
    await waitUntil('the request', async () => (await get('slow'))?.spec.rollback.requested === true, {
      timeoutMs: 20_000,
    });
    await report('slow', { phase: 'RolledBack', outcome: 'RolledBack' });
    expect(await back.ended).toMatchObject({
      code: 0,
      stdout: 'Migration slow RolledBack, the data of before is back, as was asked for\n',
    });
    for (const verb of ['rollback', 'approve', 'cancel'])
      expect(await dokkerr.run('migration', verb, 'slow')).toMatchObject({ code: 2, stdout: '' });
  });

  test('is listed with what it moves and how long the application stood still, and canceled', async () => {
    await dokkerr.run(...start('endless'));
    await report('endless', {
      phase: 'Copying',
      source: 'claim data',
      target: 'class fast',
      downtime: { startedAt: '2026-11-23T01:00:00Z', seconds: 7 },
    });
    const { stdout } = await dokkerr.run('migration', 'list');
    expect(stdout).toMatch(/^NAME +PHASE +OF +TO +% +DOWNTIME +AGE$/m);
    expect(stdout).toMatch(/^endless +Copying +claim data +class fast +7 +\d+s$/m);
    const cancel = dokkerr.start('migration', 'cancel', 'endless', '--wait');
    await waitUntil('the request', async () => (await get('endless'))?.spec.cancel === true, { timeoutMs: 20_000 });
    await report('endless', { phase: 'Canceled', outcome: 'Canceled' });
    expect(await cancel.ended).toMatchObject({ code: 0, stdout: 'Migration endless Canceled\n' });
  });
});
