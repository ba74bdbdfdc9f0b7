/** Managers that compete for one lease while their network, their clocks and the lease itself misbehave. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { ConfigMap, Lease, Namespace } from '#runtime/client/kinds.ts';
import { auditedRequests, writesOf } from '#test/audit.ts';
import { installWidgets, Widget, widget } from './controller/widget.ts';
import { FaultProxy } from './fault-proxy.ts';
import { type Candidate, startCandidate } from './manager/candidate.ts';

const kubeconfig = inject('kubeconfig');
const auditLogPath = inject('auditLogPath');
let admin: ClusterConnection;
let namespace: string;
let count = 0;

beforeAll(async () => {
  admin = await connectCluster({ kubeconfig });
  await installWidgets(admin.client);
});
afterAll(() => admin.transport.close());
beforeEach(async () => {
  namespace = `election-${++count}`;
  await admin.client.apply(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});

const key = () => ({ namespace, name: 'leader' });
const start = (name: string, change: Partial<Parameters<typeof startCandidate>[0]> = {}): Candidate =>
  startCandidate({ transport: admin.transport, name: `${namespace}-${name}`, namespace, ...change });
const untilHeld = ({ election }: Candidate, timeoutMs = 20_000) =>
  waitUntil(`${election.identity} to lead`, () => election.isHeld(), { timeoutMs, intervalMs: 5 });

/** Edits a Widget and resolves once somebody has acted upon it. */
const edit = async (text: string) => {
  await admin.client.apply(Widget, widget(namespace, 'w', text));
  const isActedUpon = async () => (await admin.client.get(ConfigMap, { namespace, name: 'w' }))?.data?.text === text;
  await waitUntil(`"${text}" to be acted upon`, isActedUpon, { timeoutMs: 20_000, intervalMs: 10 });
};

const writesBy = async (name: string) =>
  writesOf(await auditedRequests(auditLogPath, { fieldManager: `${namespace}-${name}-widget` }));

describe('of two managers', () => {
  test('the one cut off from the API server stops before the other acts, and neither writes in the other’s time', async () => {
    await using proxy = await FaultProxy.start(kubeconfig);
    const transport = proxy.transport();
    const first = start('first', { transport });
    await untilHeld(first);
    await edit('one');
    const second = start('second');
    proxy.silence();
    proxy.refuse();
    expect(await first.ended).toMatchObject({ code: 'DKR_LEASE_LOST' });
    expect(second.election.isHeld()).toBe(false);
    await edit('two');
    await second.stop();
    await transport.close();
    const [before, after] = [await writesBy('first'), await writesBy('second')];
    expect(before.length).toBeGreaterThan(0);
    expect(after.length).toBeGreaterThan(0);
    expect(Math.max(...before.map(({ at }) => at))).toBeLessThan(Math.min(...after.map(({ at }) => at)));
  });

  test.each([
    ['a day ahead', 86_400_000],
    ['a day behind', -86_400_000],
  ])('one whose clock is %s neither takes the lease nor waits longer for it', async (_, clockSkewMs) => {
    const first = start('first');
    await untilHeld(first);
    const skewed = start('skewed', { clockSkewMs });
    // Longer than the lease lasts: by the times written in it, it would have expired long ago, or would never.
    await waitUntil('the lease to be held for long', async () => heldMs(await admin.client.get(Lease, key())) > 4000, {
      timeoutMs: 20_000,
    });
    expect(first.election.isHeld()).toBe(true);
    expect(skewed.election.isHeld()).toBe(false);
    await first.stop();
    await untilHeld(skewed, 3000);
    await skewed.stop();
  });

  test('the leader makes the lease anew when somebody deletes it, and goes on', async () => {
    const first = start('first');
    await untilHeld(first);
    const second = start('second');
    await second.standingBy;
    const { uid } = (await admin.client.get(Lease, key()))?.metadata ?? {};
    await admin.client.delete(Lease, key());
    await waitUntil(
      'another lease',
      async () => {
        const lease = await admin.client.get(Lease, key());
        return lease !== undefined && lease.metadata.uid !== uid && lease.spec?.holderIdentity !== '';
      },
      { timeoutMs: 5000 },
    );
    expect(first.election.isHeld()).toBe(true);
    expect(second.election.isHeld()).toBe(false);
    await second.stop();
    await first.stop();
  });

  test('a leader whose lease was taken by hand ends at once', async () => {
    const first = start('first');
    await untilHeld(first);
    await admin.client.patch(Lease, key(), { spec: { holderIdentity: 'somebody' } });
    expect(await first.ended).toMatchObject({
      code: 'DKR_LEASE_LOST',
      message: expect.stringContaining('somebody took it') as string,
    });
  });
});

/** Milliseconds between taking the lease and its last renewal, as written in it. */
function heldMs(lease: Lease | undefined): number {
  const { acquireTime = '', renewTime = '' } = lease?.spec ?? {};
  return Date.parse(renewTime) - Date.parse(acquireTime);
}
