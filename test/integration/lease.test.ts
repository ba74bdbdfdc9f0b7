/** Several operators as processes of their own, against an API server that can be stopped: who acts, and since when. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { waitUntil } from '#cluster/wait.ts';
import { Container } from '#crds/container.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { Event, Lease, Namespace } from '#runtime/client/kinds.ts';
import { exitCodes } from '#runtime/manager/process.ts';
import { type OperatorProcess, startOperator } from '#test/operator/process.ts';
import { installKinds } from './manager/kinds.ts';

const namespace = 'leader';
let controlPlane: ControlPlane;
let admin: ClusterConnection;
/** in the order they were started */
const operators: OperatorProcess[] = [];

beforeAll(async () => {
  controlPlane = await startControlPlane();
  admin = await connectCluster({ kubeconfig: controlPlane.kubeconfigPath });
  await installKinds(admin.client);
  await admin.client.apply(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});
afterAll(async () => {
  for (const operator of operators) await operator.stop('SIGKILL');
  await admin.transport.close();
  await controlPlane.down();
});

const start = async (): Promise<OperatorProcess> => {
  const args = ['--leader-elect', '--lease-namespace', namespace];
  const operator = await startOperator({ kubeconfigPath: controlPlane.kubeconfigPath, args });
  operators.push(operator);
  return operator;
};

const leads = async ({ url }: OperatorProcess): Promise<boolean> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^leader_election_master_status\{name="dokkerr-leader"\} 1$/m.test(text);
};

const leadersOf = async (processes: readonly OperatorProcess[]): Promise<OperatorProcess[]> => {
  const answers = await Promise.all(processes.map(leads));
  return processes.filter((_, index) => answers[index]);
};

/** The leader of these; there has to be one, and only one. */
const leaderOf = async (processes: readonly OperatorProcess[]): Promise<OperatorProcess> => {
  let leaders: OperatorProcess[] = [];
  const someLead = async () => {
    leaders = await leadersOf(processes);
    return leaders.length > 0;
  };
  await waitUntil('a leader', someLead, { timeoutMs: 30_000 });
  const [leader, ...others] = leaders;
  expect(others).toEqual([]);
  if (leader === undefined) throw new Error('nobody leads');
  return leader;
};

/** Milliseconds until somebody acts on a Container that was not there before. */
const untilActedUpon = async (name: string): Promise<number> => {
  const begin = performance.now();
  await admin.client.apply(Container, {
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'Container',
    metadata: { namespace, name },
    spec: { image: 'example.invalid/none:1' } as Container['spec'],
  });
  const isActedUpon = async () => (await admin.client.get(Container, { namespace, name }))?.status !== undefined;
  await waitUntil(`${name} to be acted upon`, isActedUpon, { timeoutMs: 60_000, intervalMs: 20 });
  return performance.now() - begin;
};

const holder = async () => (await admin.client.get(Lease, { namespace, name: 'dokkerr-leader' }))?.spec?.holderIdentity;

describe('of several operators', () => {
  test('one leads and the others are ready to', async () => {
    const first = await start();
    // Their start resolves when they answer ready, and only one of them can hold the lease.
    await Promise.all([start(), start()]);
    expect(await leaderOf(operators)).toBe(first);
    expect(await untilActedUpon('first')).toBeLessThan(10_000);
  });

  test('the next acts within 3 s when the leader is told to stop', async () => {
    const leader = await leaderOf(operators);
    const stopped = leader.stop('SIGTERM');
    const gap = await untilActedUpon('terminated');
    expect(await stopped).toBe(exitCodes.ok);
    console.info(`gap after SIGTERM: ${Math.round(gap)} ms`);
    expect(gap).toBeLessThan(3000);
    operators.splice(operators.indexOf(leader), 1);
    await leaderOf(operators);
  });

  test('the next acts within the lease duration and 2 s when the leader is killed', async () => {
    const leader = await leaderOf(operators);
    await leader.stop('SIGKILL');
    operators.splice(operators.indexOf(leader), 1);
    const gap = await untilActedUpon('killed');
    console.info(`gap after SIGKILL: ${Math.round(gap)} ms`);
    expect(gap).toBeLessThan(17_000);
    await leaderOf(operators);
  });

  test('a leader that was suspended ends as soon as it wakes, and does nothing before', async () => {
    await start();
    const leader = await leaderOf(operators);
    const others = operators.filter((operator) => operator !== leader);
    process.kill(leader.pid, 'SIGSTOP');
    const gap = await untilActedUpon('suspended');
    expect(gap).toBeLessThan(17_000);
    const next = await leaderOf(others);
    const taken = await holder();
    expect(await leader.stop('SIGCONT')).toBe(exitCodes.leaseLost);
    expect(leader.log).toContainEqual(expect.objectContaining({ level: 'fatal', code: 'DKR_LEASE_LOST' }));
    expect(await holder()).toBe(taken);
    expect(await leaderOf(others)).toBe(next);
    operators.splice(operators.indexOf(leader), 1);
  });

  test('a leader that cannot renew ends before anybody else may act', async () => {
    await start();
    const leader = await leaderOf(operators);
    const [other] = operators.filter((operator) => operator !== leader);
    await controlPlane.pause();
    const begin = performance.now();
    try {
      // A signal that changes nothing: what is awaited is the end it finds by itself.
      expect(await leader.stop('SIGCONT')).toBe(exitCodes.leaseLost);
      const held = performance.now() - begin;
      console.info(`left ${Math.round(held)} ms after the API server fell silent`);
      expect(held).toBeLessThan(15_000);
      expect(other && (await leads(other))).toBe(false);
    } finally {
      await controlPlane.resume();
    }
    operators.splice(operators.indexOf(leader), 1);
    expect(await leaderOf(operators)).toBe(other);
    expect(await untilActedUpon('stalled')).toBeLessThan(10_000);
  });

  test('the last one gives the lease back, and says so in an event', async () => {
    const leader = await leaderOf(operators);
    const identity = await holder();
    const code = await leader.stop('SIGTERM');
    expect(code).toBe(exitCodes.ok);
    expect(await holder()).toBe('');
    const { items } = await admin.client.list(Event, { namespace });
    expect(items.map(({ note }) => note)).toContain(`${identity} stopped leading`);
    operators.splice(operators.indexOf(leader), 1);
  });
});
