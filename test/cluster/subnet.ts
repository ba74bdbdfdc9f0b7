// The addresses of one cluster. Every cluster of a machine gets a /16 of its own out of 10.64.0.0/10, so that one host
// route reaches its node, pods and Services and no two clusters meet. Pure arithmetic; `netns.ts` puts it into force.

/** Slots 64 to 127: the second octet of the cluster's /16. */
export const firstSlot = 64;
export const lastSlot = 127;

/** The addresses of one slot. */
export interface ClusterNetwork {
  readonly slot: number;
  /** Everything of the cluster; the host routes this to the node. */
  readonly clusterCIDR: string;
  /** 32766 pod addresses. */
  readonly podCIDR: string;
  /** 16382 Service addresses. */
  readonly serviceCIDR: string;
  /** ClusterIP of the Service `kubernetes`: always the first one of the range. */
  readonly apiServiceIP: string;
  readonly dnsIP: string;
  /** The two ends of the link between host and node, a /30. */
  readonly hostIP: string;
  readonly nodeIP: string;
  /** The link's name on the host. Names are unique on a host, so creating it claims the slot. */
  readonly hostLink: string;
}

/** The addresses of a slot between {@link firstSlot} and {@link lastSlot}. */
export function networkOfSlot(slot: number): ClusterNetwork {
  if (!Number.isInteger(slot) || slot < firstSlot || slot > lastSlot) throw new RangeError(`no such slot: ${slot}`);
  const prefix = `10.${slot}`;
  return {
    slot,
    clusterCIDR: `${prefix}.0.0/16`,
    podCIDR: `${prefix}.0.0/17`,
    serviceCIDR: `${prefix}.128.0/18`,
    apiServiceIP: `${prefix}.128.1`,
    dnsIP: `${prefix}.254.10`,
    hostIP: `${prefix}.255.253`,
    nodeIP: `${prefix}.255.254`,
    hostLink: `dokkerr${slot}`,
  };
}

/** Address and prefix length as the range of numbers they cover, both ends included. A plain address is a /32. */
export function rangeOf(cidr: string): { first: number; last: number } {
  const [address = '', length = '32'] = cidr.split('/');
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

/** The slots whose /16 touches none of the given networks (the host's routes and addresses), lowest first. */
export function freeSlots(taken: readonly string[]): number[] {
  const ranges = taken.map(rangeOf);
  const slots = Array.from({ length: lastSlot - firstSlot + 1 }, (_, index) => firstSlot + index);
  return slots.filter((slot) => {
    const { first, last } = rangeOf(networkOfSlot(slot).clusterCIDR);
    return !ranges.some((range) => range.first <= last && first <= range.last);
  });
}
