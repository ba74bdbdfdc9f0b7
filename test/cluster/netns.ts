// The network namespace of a cluster and its link to the host. Relies on ip(8); the caller must be root. The kernel
// removes link and host route by itself once the namespace is gone, so deleting the namespace is the whole teardown.
import { CommandError, run } from './command.ts';
import { type ClusterNetwork, freeSlots, networkOfSlot } from './subnet.ts';

interface Route {
  readonly dst: string;
}

/** Networks the host has routes to, without the default route. */
async function routedNetworks(): Promise<string[]> {
  const routes = JSON.parse(await run('ip', ['-json', '-4', 'route', 'show', 'table', 'all'])) as Route[];
  return routes.map(({ dst }) => dst).filter((dst) => dst !== 'default');
}

async function ipBatch(options: readonly string[], commands: readonly string[]): Promise<void> {
  await run('ip', [...options, '-batch', '-'], { input: `${commands.join('\n')}\n` });
}

/** Creates the link and with it claims the slot; false if another cluster was faster. */
async function claimSlot(netns: string, { hostLink }: ClusterNetwork): Promise<boolean> {
  try {
    await run('ip', ['link', 'add', hostLink, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns]);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.stderr.includes('File exists')) return false;
    throw error;
  }
}

/**
 * Creates the namespace `netns` with a link to the host, addresses and routes of the first free slot. Safe beside
 * other runs on the machine: the kernel refuses a second link of the same name.
 */
export async function createNetwork(netns: string): Promise<ClusterNetwork> {
  await run('ip', ['netns', 'add', netns]);
  for (const slot of freeSlots(await routedNetworks())) {
    const network = networkOfSlot(slot);
    if (!(await claimSlot(netns, network))) continue;
    const { hostLink, hostIP, nodeIP, dnsIP, clusterCIDR } = network;
    await ipBatch(
      ['-netns', netns],
      [
        'link set lo up',
        `address add ${dnsIP}/32 dev lo`,
        `address add ${nodeIP}/30 dev eth0`,
        'link set eth0 up',
        `route add default via ${hostIP}`,
      ],
    );
    await ipBatch(
      [],
      [
        `address add ${hostIP}/30 dev ${hostLink}`,
        `link set ${hostLink} up`,
        `route add ${clusterCIDR} via ${nodeIP} dev ${hostLink}`,
      ],
    );
    return network;
  }
  throw new Error(
    'no free /16 in 10.64.0.0/10 for another cluster: take some down with `npm run cluster -- down --all`',
  );
}

/** Deletes the namespace; nothing happens if there is none. Its processes must be gone before. */
export async function deleteNetwork(netns: string): Promise<void> {
  try {
    await run('ip', ['netns', 'delete', netns]);
  } catch (error) {
    if (error instanceof CommandError && error.stderr.includes('No such file')) return;
    throw error;
  }
}
