/** Two processes and one Lease: the one that acts is ended, and what comes then is timed until the other one acts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '#cluster/wait.ts';
import { Lease } from '#runtime/client/kinds.ts';
import type { Comparison } from './comparison.ts';
import { names, namespace } from './driver.ts';

const objects = 1000;
const leaseName = 'widget-operator';
/** A standby needs this long to warm its caches, and no longer. */
const warmUpMs = 5000;
/** Those that know no election cannot be compared. */
const only = ['dokkerr', 'go'];

export const failover: Comparison = {
  name: 'failover',
  about: 'the leader is ended: time until the other one acts',
  variants: [
    { name: 'SIGTERM, warm standby', only },
    { name: 'SIGKILL, warm standby', only },
    { name: 'SIGTERM, no standby', only },
  ],
  measure: async (arena, { name }, options) => {
    const { driver } = arena;
    const run = { concurrency: 10, leaseNamespace: namespace };
    const all = names(options.objects ?? objects);
    const { operator: leader } = await arena.start(run);
    await driver.create(all, 'first');
    await driver.allReady(all);
    const hasStandby = name.includes('warm');
    if (hasStandby) {
      await arena.launch(run);
      await sleep(warmUpMs);
    }
    const holder = async () => (await driver.client.get(Lease, { namespace, name: leaseName }))?.spec?.holderIdentity;
    const before = await holder();
    const endedAt = performance.now();
    const ending = leader.stop(name.startsWith('SIGTERM') ? 'SIGTERM' : 'SIGKILL');
    if (!hasStandby) {
      await ending;
      await arena.launch(run);
    }
    await driver.create(['after'], 'after');
    await waitUntil('somebody else to lead', async () => ![before, '', undefined].includes(await holder()), {
      timeoutMs: 60_000,
    });
    await driver.allReady(['after']);
    const gap = (performance.now() - endedAt) / 1000;
    await ending;
    return { 'gap s': gap };
  },
};
