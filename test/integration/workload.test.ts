/** Who uses a claim, how it is stopped and pointed elsewhere, told from what a real API server has stored. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { breachOf } from '#contracts/workload/breach.ts';
import { findWorkloads } from '#contracts/workload/find.ts';
import { pointAt } from '#contracts/workload/point-at.ts';
import { startWorkload, stopWorkload } from '#contracts/workload/stop.ts';
import type { WorkloadRef } from '#contracts/workload/workload.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { CronJob, Deployment, Namespace, Pod, ReplicaSet, ServiceAccount, StatefulSet } from '#runtime/client/kinds.ts';
import { apiVersionOf, type Client, type Kind, type KubernetesObject } from '#runtime/client/types.ts';
import type { DokkerrError } from '#runtime/errors.ts';
import { installKinds } from './manager/kinds.ts';

const namespace = 'workload-test';
const requester = 'Migration/move';
let cluster: ClusterConnection;
let client: Client;
beforeAll(async () => {
  cluster = await connectCluster({ kubeconfig: inject('kubeconfig'), fieldManager: 'workload-test' });
  client = cluster.client;
  await installKinds(client);
  await client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  // Nobody else makes it here, and no pod is let in without one.
  const metadata = { namespace, name: 'default' };
  await client.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
});
afterAll(async () => {
  await client.delete(Namespace, { name: namespace });
  await cluster.transport.close();
});

const podSpec = (claim?: string) => ({
  containers: [{ name: 'main', image: 'none' }],
  restartPolicy: 'Always',
  ...(claim === undefined ? {} : { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] }),
});
const selecting = (name: string, claim?: string) => ({
  selector: { matchLabels: { app: name } },
  template: { metadata: { labels: { app: name } }, spec: podSpec(claim) },
});
const ownedBy = (owner: KubernetesObject) => {
  const { apiVersion, kind, metadata } = owner;
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }] };
};

function create<T extends KubernetesObject>(
  kind: Kind<T>,
  name: string,
  spec: object,
  metadata: object = {},
): Promise<T> {
  const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { namespace, name, ...metadata }, spec };
  // Sound: the API server checks it.
  return client.create(kind, object as unknown as T);
}

const ref = (kind: WorkloadRef['kind'], name: string): WorkloadRef => ({ kind, namespace, name });

describe('who uses a claim', () => {
  test('a Deployment and a StatefulSet, also without pods', async () => {
    await create(Deployment, 'idle', { replicas: 0, ...selecting('idle', 'archive') });
    const template = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: template }];
    await create(StatefulSet, 'db', { replicas: 3, serviceName: 'db', ...selecting('db'), volumeClaimTemplates });
    expect(await findWorkloads(client, namespace, ['archive', 'data-db-1'])).toEqual({
      workloads: [
        { workload: ref('Deployment', 'idle'), replicas: 0, claims: [{ name: 'archive', use: 'Named' }] },
        { workload: ref('StatefulSet', 'db'), replicas: 3, claims: [{ name: 'data-db-1', use: 'PerReplica' }] },
      ],
      strangers: [],
    });
  });

  test('a Deployment whose template names it no more, while a pod of the old one lives', async () => {
    const deployment = await create(Deployment, 'moved', { replicas: 1, ...selecting('moved') });
    const replicaSet = await create(
      ReplicaSet,
      'moved-1',
      { replicas: 0, ...selecting('moved', 'left') },
      ownedBy(deployment),
    );
    await create(Pod, 'moved-1-x', podSpec('left'), ownedBy(replicaSet));
    expect(await findWorkloads(client, namespace, ['left'])).toEqual({
      workloads: [{ workload: ref('Deployment', 'moved'), replicas: 1, claims: [] }],
      strangers: [],
    });
  });

  test('those that cannot be stopped, each by its name', async () => {
    const stranger = { apiVersion: 'db.example/v1', kind: 'Cluster', metadata: { name: 'pg', uid: 'uid-pg' } };
    await create(Pod, 'loose', podSpec('shared'));
    await create(Pod, 'pg-1', podSpec('shared'), ownedBy(stranger));
    await create(StatefulSet, 'driven', { serviceName: 'driven', ...selecting('driven', 'shared') }, ownedBy(stranger));
    const job = { template: { spec: { ...podSpec('shared'), restartPolicy: 'Never' } } };
    await create(CronJob, 'report', { schedule: '0 3 * * *', jobTemplate: { spec: job } });
    await create(CronJob, 'resting', { schedule: '0 3 * * *', suspend: true, jobTemplate: { spec: job } });
    expect(await findWorkloads(client, namespace, ['shared'])).toEqual({
      workloads: [],
      strangers: ['CronJob report', 'StatefulSet driven of Cluster pg', 'pod loose', 'pod pg-1 of Cluster pg'],
    });
  });
});

describe('stopping and starting', () => {
  const replicasOf = async (name: string) => (await client.get(Deployment, { namespace, name }))?.spec.replicas;
  const stop = (name: string, claim = 'nobody-has-it') =>
    stopWorkload(client, { workload: ref('Deployment', name), requester, claims: [claim] });

  test('brings back what was there, overruling and remembering who scales it up meanwhile', async () => {
    await create(Deployment, 'scaled', { replicas: 2, ...selecting('scaled') });
    expect(await stop('scaled')).toMatchObject({ kind: 'done' });
    expect(await replicasOf('scaled')).toBe(0);
    await client.patch(Deployment, { namespace, name: 'scaled' }, { spec: { replicas: 5 } });
    expect(await stop('scaled')).toMatchObject({ kind: 'done' });
    expect(await replicasOf('scaled')).toBe(0);
    expect(await startWorkload(client, ref('Deployment', 'scaled'), 'Migration/other')).toMatchObject({ kind: 'skip' });
    expect(await startWorkload(client, ref('Deployment', 'scaled'), requester)).toMatchObject({ kind: 'done' });
    const started = await client.get(Deployment, { namespace, name: 'scaled' });
    expect(started).toMatchObject({ spec: { replicas: 5 } });
    expect(started?.metadata.annotations).toBeUndefined();
    expect(await startWorkload(client, ref('Deployment', 'scaled'), requester)).toMatchObject({ kind: 'skip' });
  });

  test('is known to have been in vain when somebody started it meanwhile, or uses its claim', async () => {
    await create(Deployment, 'restless', { replicas: 2, ...selecting('restless', 'restless-data') });
    const workloads = [ref('Deployment', 'restless')];
    const breach = () => breachOf(client, requester, { namespace, workloads, claims: ['restless-data'] });
    expect(await breach()).toBe('Deployment restless was started again, with 2 replicas');
    await stop('restless', 'restless-data');
    expect(await breach()).toBeUndefined();
    await create(Pod, 'debug', podSpec('restless-data'));
    expect(await breach()).toBe('pod debug uses a claim that nobody may use now');
    await client.delete(Pod, { namespace, name: 'debug' }, { gracePeriodSeconds: 0 });
    await client.patch(Deployment, { namespace, name: 'restless' }, { spec: { replicas: 3 } });
    expect(await breach()).toBe('Deployment restless was started again, with 3 replicas');
  });

  test('waits for the pods, and for another run that has it stopped', async () => {
    await create(Deployment, 'busy', { replicas: 1, ...selecting('busy', 'busy-data') });
    await create(Pod, 'busy-pod', podSpec('busy-data'));
    expect(await stop('busy', 'busy-data')).toMatchObject({ kind: 'wait', reason: 'Stopping' });
    const other = { workload: ref('Deployment', 'busy'), requester: 'Migration/other', claims: [] };
    expect(await stopWorkload(client, other)).toMatchObject({ kind: 'wait', reason: 'StoppedForAnother' });
    await client.delete(Pod, { namespace, name: 'busy-pod' }, { gracePeriodSeconds: 0 });
    expect(await stop('busy', 'busy-data')).toMatchObject({ kind: 'done' });
  });

  test('is over for one that somebody deleted', async () => {
    expect(await stop('never-was')).toEqual({ kind: 'done', message: 'Deployment never-was is gone' });
    expect(await startWorkload(client, ref('Deployment', 'never-was'), requester)).toMatchObject({ kind: 'skip' });
  });

  test('does not begin where it would delete the claims', async () => {
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Retain', whenScaled: 'Delete' };
    const spec = { serviceName: 'frail', ...selecting('frail'), persistentVolumeClaimRetentionPolicy };
    await create(StatefulSet, 'frail', { replicas: 1, ...spec });
    const stopping = { workload: ref('StatefulSet', 'frail'), requester, claims: [] };
    const refused = await stopWorkload(client, stopping).catch((error: unknown) => error as DokkerrError);
    expect(refused).toMatchObject({ code: 'DKR_SPEC_INVALID' });
    const untouched = await client.get(StatefulSet, { namespace, name: 'frail' });
    expect(untouched).toMatchObject({ spec: { replicas: 1 } });
  });
});

describe('pointing at another claim', () => {
  test('changes every volume that names it, once, and back', async () => {
    const volumes = ['one', 'two', 'three'].map((name, index) => ({
      name,
      persistentVolumeClaim: { claimName: index === 1 ? 'other' : 'before' },
    }));
    const spec = selecting('pointed');
    const template = { ...spec.template, spec: { ...spec.template.spec, volumes } };
    await create(Deployment, 'pointed', { ...spec, template });
    const claims = async () => {
      const found = await client.get(Deployment, { namespace, name: 'pointed' });
      return found?.spec.template.spec?.volumes?.map((volume) => volume.persistentVolumeClaim?.claimName);
    };
    const workload = ref('Deployment', 'pointed');
    expect(await pointAt(client, workload, 'before', 'after')).toBe(true);
    expect(await claims()).toEqual(['after', 'other', 'after']);
    expect(await pointAt(client, workload, 'before', 'after')).toBe(false);
    expect(await pointAt(client, workload, 'after', 'before')).toBe(true);
    expect(await claims()).toEqual(['before', 'other', 'before']);
    expect(await pointAt(client, ref('Deployment', 'never-was'), 'before', 'after')).toBe(false);
  });
});
