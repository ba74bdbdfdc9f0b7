/**
 * Re-binding in a process that is killed at any of its writes, against a real API server and Kubernetes' own volume
 * controller: whoever comes next brings it to its end, on or back, and no volume is ever left to be deleted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import type { Rebinding } from '#contracts/volume/decide.ts';
import { migratedBy } from '#contracts/volume/marks.ts';
import { rebind } from '#contracts/volume/rebind.ts';
import { changedShape, shapeOf } from '#contracts/volume/shape.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { startVolumeCluster, type VolumeCluster } from './volume/volume-cluster.ts';

const namespace = 'default';
const migration = `${namespace}/move`;
/** What no version of a volume may show: that it is Kubernetes' to delete. */
const doomed: string[] = [];

let cluster: VolumeCluster;
let connection: ClusterConnection;
beforeAll(async () => {
  cluster = await startVolumeCluster();
  connection = await connectCluster({ kubeconfig: cluster.kubeconfigPath, fieldManager: 'test' });
});
afterAll(async () => {
  await connection.transport.close();
  await cluster[Symbol.asyncDispose]();
});

const claim = (name: string) => connection.client.get(PersistentVolumeClaim, { namespace, name });
const volume = (name: string) => connection.client.get(PersistentVolume, { name });

/** A claim with its volume, bound. */
async function make(name: string, volumeName: string, annotations: Record<string, string>): Promise<void> {
  const common = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
  const metadata = { name: volumeName, annotations: { 'pv.kubernetes.io/provisioned-by': 'none.example' } };
  await connection.client.create(PersistentVolume, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata,
    spec: {
      ...common,
      capacity: { storage: '1Gi' },
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { namespace, name },
      csi: { driver: 'none.example', volumeHandle: volumeName },
    },
  });
  await connection.client.create(PersistentVolumeClaim, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name, annotations },
    spec: { ...common, volumeName, resources: { requests: { storage: '1Gi' } } },
  });
  await waitUntil(`claim ${name} bound`, async () => (await claim(name))?.status?.phase === 'Bound', {
    timeoutMs: 60_000,
    intervalMs: 50,
  });
}

/** Resolves to the signal that ended the process, or to the code it exited with. */
async function runAndKill(wanted: Rebinding, kill: readonly string[]): Promise<NodeJS.Signals | number | null> {
  const args = ['test/integration/volume/rebinder.ts', cluster.kubeconfigPath, JSON.stringify(wanted), ...kill];
  const child = spawn(process.execPath, args, { stdio: 'inherit', timeout: 60_000 });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal ?? code;
}

/** Whoever comes next, until it is done. */
function finish(wanted: Rebinding): Promise<void> {
  const isDone = async () => (await rebind(connection.client, wanted)).done;
  return waitUntil(`claim ${wanted.claim.name} bound`, isDone, { timeoutMs: 60_000, intervalMs: 50 });
}

async function look(name: string): Promise<void> {
  const { spec, status } = (await volume(name)) ?? {};
  const isLeft = status?.phase === 'Released' || status?.phase === 'Failed';
  if (isLeft && spec?.persistentVolumeReclaimPolicy === 'Delete') doomed.push(name);
}

const moments = (writes: number) =>
  Array.from({ length: writes }, (_, index) =>
    ['before', 'after'].map((moment) => [moment, String(index + 1)] as const),
  ).flat();
/** There it takes six writes, back four. */
const cases = [
  ...moments(6).flatMap(([moment, at]) => [
    { way: 'there', moment, at, end: 'there' } as const,
    { way: 'there', moment, at, end: 'back' } as const,
  ]),
  ...moments(4).map(([moment, at]) => ({ way: 'back', moment, at, end: 'back' }) as const),
];

test.concurrent.each(cases)('killed $moment write $at on the way $way, then $end', async ({ way, moment, at, end }) => {
  const id = `${way}-${moment}-${at}-${end}`;
  const [old, fresh] = [`old-${id}`, `new-${id}`];
  await Promise.all([make(id, old, {}), make(`staging-${id}`, fresh, { [migratedBy]: migration })]);
  const source = await claim(id);
  if (source === undefined) throw new Error('it was just made');
  const named = { namespace, name: id };
  const shape = changedShape(shapeOf(source), { migration });
  const ways: Record<'there' | 'back', Rebinding> = {
    there: { claim: named, volume: fresh, shape, replaces: [old], migration },
    back: { claim: named, volume: old, replaces: [fresh], migration },
  };
  if (way === 'back') await finish(ways.there);
  expect(await runAndKill(ways[way], [moment, at])).toBe('SIGKILL');
  await Promise.all([look(old), look(fresh)]);
  await finish(ways[end]);
  await Promise.all([look(old), look(fresh)]);
  const wanted = end === 'there' ? fresh : old;
  const bound = await claim(id);
  expect(bound).toMatchObject({ spec: { volumeName: wanted }, status: { phase: 'Bound' } });
  expect((await volume(wanted))?.spec.claimRef?.uid).toBe(bound?.metadata.uid);
  expect((await volume(end === 'there' ? old : fresh))?.metadata.deletionTimestamp).toBeUndefined();
  expect(doomed).toEqual([]);
});
