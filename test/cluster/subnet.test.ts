import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSlot, freeSlots, lastSlot, networkOfSlot, rangeOf } from './subnet.ts';

describe('the addresses of a cluster', () => {
  it('lie in its own /16, and pods, Services, link and DNS do not overlap', () => {
    const network = networkOfSlot(70);
    const whole = rangeOf(network.clusterCIDR);
    const parts = [network.podCIDR, network.serviceCIDR, `${network.nodeIP}/30`, network.dnsIP].map(rangeOf);
    for (const part of parts) {
      expect(part.first).toBeGreaterThanOrEqual(whole.first);
      expect(part.last).toBeLessThanOrEqual(whole.last);
      expect(parts.filter((other) => other.first <= part.last && part.first <= other.last)).toEqual([part]);
    }
  });

  it('never overlap those of another cluster', () => {
    const slot = fc.integer({ min: firstSlot, max: lastSlot });
    fc.assert(
      fc.property(slot, slot, (one, other) => {
        fc.pre(one !== other);
        const [a, b] = [one, other].map((each) => rangeOf(networkOfSlot(each).clusterCIDR));
        return a !== undefined && b !== undefined && (a.last < b.first || b.last < a.first);
      }),
    );
  });

  it('refuses a slot outside the range', () => {
    expect(() => networkOfSlot(lastSlot + 1)).toThrow('no such slot: 128');
  });
});

describe('free slots', () => {
  it('start with the lowest when nothing is taken', () => {
    expect(freeSlots([])[0]).toBe(firstSlot);
    expect(freeSlots([])).toHaveLength(64);
  });

  it('leave out a slot of which the host uses a single address', () => {
    expect(freeSlots(['10.64.3.7'])[0]).toBe(65);
  });

  it('leave out every slot below a wide route, such as a VPN has', () => {
    expect(freeSlots(['10.64.0.0/11'])[0]).toBe(96);
    expect(freeSlots(['10.0.0.0/8'])).toEqual([]);
  });

  it('ignore networks elsewhere', () => {
    expect(freeSlots(['192.168.0.0/16', '172.17.0.0/16', '10.128.0.0/9'])).toHaveLength(64);
  });
});
