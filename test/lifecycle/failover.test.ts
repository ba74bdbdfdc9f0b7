/** Replicas of the operator that die under load: how long nobody acts, that never two do, and that nothing is missed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { Lease, type Pod } from '#runtime/client/kinds.ts';
import { startTraffic } from '#test/fixtures/traffic.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';
import { ask, notes } from '../e2e/notes.ts';
import { isReady, Sandbox } from '../e2e/sandbox.ts';
import { reignsSince } from './acting.ts';
import { startLoad } from './load.ts';
import { signalContainer } from './node.ts';
import { livesOf, operatorPods } from './pods.ts';
import { openSlate, type Slate } from './slate.ts';

let slate: Slate;
let sandbox: Sandbox;
beforeAll(async () => {
  slate = await openSlate();
  await installRelease(slate, usualRelease);
  sandbox = await Sandbox.open('failover');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const { namespace } = usualRelease;

/** Who holds the Lease: a pod's name, and which of its processes; '' while nobody does. */
async function holder(): Promise<string> {
  const lease = await sandbox.client.get(Lease, { namespace, name: 'dokkerr-leader' });
  return lease?.spec?.holderIdentity ?? '';
}

/** The pod that leads; an uninstalled operator may have left a Lease that has to run out first. */
async function leader(): Promise<{ pod: Pod; identity: string }> {
  let found: { pod: Pod; identity: string } | undefined;
  const leads = async () => {
    const [identity, pods] = await Promise.all([holder(), operatorPods(slate.kubectl, usualRelease)]);
    const pod = pods.find(({ metadata }) => identity.startsWith(`${metadata.name}_`));
    found = pod && { pod, identity };
    return found !== undefined;
  };
  await waitUntil('a leader', leads, { timeoutMs: 60_000 });
  if (found === undefined) throw new Error('unreachable: waiting ends with a leader or an error');
  return found;
}

function untilHeldByAnotherThan(former: string): Promise<void> {
  const isHeld = async () => ![former, ''].includes(await holder());
  return waitUntil('another leader', isHeld, { timeoutMs: 60_000 });
}

/** Ends the leader under load; resolves to the seconds between its last write and the first of its successor. */
async function gapAfter(name: string, end: (leader: Pod) => Promise<unknown>): Promise<number> {
  const { pod, identity: former } = await leader();
  const since = Date.now();
  const load = startLoad(sandbox, name);
  await sandbox.eventually('work under way', () => isDone(load.declared[4]));
  await end(pod);
  await untilHeldByAnotherThan(former);
  const next = load.declared.length;
  await sandbox.eventually('work of the successor', () => isDone(load.declared[next]));
  await load.stop();
  await Promise.all(load.declared.map((declared) => sandbox.ready(declared)));
  const [before, after, ...others] = await reignsSince(slate.cluster.auditLogPath ?? '', usualRelease, since);
  if (before === undefined || after === undefined) throw new Error('nobody took over');
  expect(before.pod).toBe(pod.metadata.name);
  expect(others).toEqual([]);
  const gap = (after.from - before.until) / 1000;
  console.log(`${name}: nobody acted for ${gap.toFixed(1)} s; ${load.declared.length} Containers, none missed`);
  return gap;
}

function isDone(name: string | undefined): boolean {
  const container = name === undefined ? undefined : sandbox.newest(name);
  return container !== undefined && isReady(container);
}

test('a leader told to end is followed within three seconds', async () => {
  const gap = await gapAfter('sigterm', ({ metadata }) =>
    slate.kubectl(['delete', 'pod', metadata.name, '--namespace', namespace, '--wait=false']),
  );
  expect(gap).toBeLessThan(3);
});

test('a leader killed without a word is followed once its lease of 15 s has run out', async () => {
  const gap = await gapAfter('sigkill', (pod) => signalContainer(slate.cluster, pod, 'SIGKILL'));
  expect(gap).toBeLessThan(20);
});

test('workloads answer while every replica is killed, and what was declared meanwhile comes true', async () => {
  await sandbox.declare('steady', notes({ replicas: 2 }));
  await sandbox.ready('steady');
  const before = livesOf(sandbox.pods('steady'));
  const url = await sandbox.url('steady');
  // The first answer waits for the node's proxy, which is not what is counted.
  await ask(url);
  const stop = startTraffic(url, { versionOf: (body) => body.split(' ')[1] ?? '' });
  const pods = await operatorPods(slate.kubectl, usualRelease);
  expect(pods).toHaveLength(2);
  const killedAt = performance.now();
  await Promise.all(pods.map((pod) => signalContainer(slate.cluster, pod, 'SIGKILL')));
  await sandbox.declare('meanwhile', notes({ suspend: true }));
  await sandbox.ready('meanwhile');
  console.log(`all killed: acts again after ${((performance.now() - killedAt) / 1000).toFixed(1)} s`);
  const { answered, failures } = await stop();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(0);
  expect(livesOf(sandbox.pods('steady'))).toEqual(before);
});
