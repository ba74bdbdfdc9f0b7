import { describe, expect, it } from 'vitest';
import type { CertificateFacts } from './certificate.ts';
import { defaultLifetimes } from './lifetimes.ts';
import { observeTrust, type Plan, type PlanInput, plan } from './plan.ts';
import { authority, day, hosts, leaf, start } from './testing/facts.ts';

const first = authority('first');
const second = authority('second', start + 250 * day);
const firstLeaf = leaf('first-leaf', first);

/** A settled state: one authority, one leaf, both in use everywhere, seen at `day` days after the start. */
function settled(days = 0, changes: Partial<PlanInput> = {}): PlanInput {
  const stored = changes.stored ?? { authorities: [first], leaf: firstLeaf };
  return {
    now: new Date(start + days * day),
    lifetimes: defaultLifetimes,
    hosts,
    stored,
    bundles: [{ name: 'validating', entries: [stored.authorities] }],
    serving: stored.leaf,
    trustedFor: new Map(stored.authorities.map(({ id }) => [id, day])),
    ...changes,
  };
}

const lost = (serving: PlanInput['serving'], entries: readonly (readonly CertificateFacts[])[], days = 0) => ({
  ...settled(days, { serving, bundles: [{ name: 'validating', entries }] }),
  stored: undefined,
});

/** After the leaf was renewed on its own for 250 days, a new authority was made. */
const lateLeaf = leaf('late-leaf', first, start + 240 * day);
const turning = (changes: Partial<PlanInput> = {}) =>
  settled(250, { stored: { authorities: [second, first], leaf: lateLeaf }, ...changes });

const cases: [string, PlanInput, Plan][] = [
  ['leaves everything alone while nothing is due', settled(), { bundles: [], serve: 'stored' }],
  [
    'makes an authority and a certificate where there is nothing',
    lost(undefined, [[]]),
    {
      write: { reason: 'there is no usable authority', signer: 'new', trust: [], leaf: 'issue' },
      bundles: [],
      serve: 'keep',
    },
  ],
  [
    'keeps a lost Secret’s certificate in use, and its authority trusted',
    lost(firstLeaf, [[first]]),
    {
      write: { reason: 'there is no usable authority', signer: 'new', trust: ['first'], leaf: 'restore' },
      bundles: [],
      serve: 'keep',
    },
  ],
  [
    'keeps trusting what other replicas may still serve when a fresh one finds the Secret gone',
    lost(undefined, [[first]]),
    {
      write: { reason: 'there is no usable authority', signer: 'new', trust: ['first'], leaf: 'issue' },
      bundles: [],
      serve: 'keep',
    },
  ],
  [
    'trusts nobody else’s authority because it stands in a bundle',
    lost(undefined, [[{ ...first, subject: 'somebody' }]]),
    {
      write: { reason: 'there is no usable authority', signer: 'new', trust: [], leaf: 'issue' },
      bundles: [],
      serve: 'keep',
    },
  ],
  [
    'renews a certificate after two thirds of its life',
    settled(20),
    {
      write: { reason: 'the certificate nears its end', signer: 'keep', trust: [], leaf: 'issue' },
      bundles: [],
      serve: 'stored',
    },
  ],
  [
    'makes a new authority after two thirds of its life, and signs nothing with it yet',
    settled(250, { stored: { authorities: [first], leaf: lateLeaf } }),
    {
      write: { reason: 'the authority nears its end', signer: 'new', trust: ['first'], leaf: 'keep' },
      bundles: [],
      serve: 'stored',
    },
  ],
  [
    'adds the new authority to every bundle that lacks it',
    turning({
      bundles: [
        { name: 'validating', entries: [[second, first], [first]] },
        { name: 'mutating', entries: [[second, first]] },
      ],
      trustedFor: new Map([['first', day]]),
    }),
    { bundles: ['validating'], serve: 'stored' },
  ],
  [
    'waits with the certificate until API servers have taken the new authority over',
    turning({
      trustedFor: new Map([
        ['first', day],
        ['second', 9_999],
      ]),
    }),
    { bundles: [], serve: 'stored' },
  ],
  [
    'moves the certificate to the new authority once every bundle has held it for a while',
    turning({
      trustedFor: new Map([
        ['first', day],
        ['second', 10_000],
      ]),
    }),
    {
      write: { reason: 'every bundle holds the new authority', signer: 'keep', trust: ['first'], leaf: 'issue' },
      bundles: [],
      serve: 'stored',
    },
  ],
  [
    'keeps the old authority while a certificate of its can still be served',
    settled(265, { stored: { authorities: [second, first], leaf: leaf('new', second, start + 251 * day) } }),
    { bundles: [], serve: 'stored' },
  ],
  [
    'drops the old authority when its last certificate has expired',
    settled(280, { stored: { authorities: [second, first], leaf: leaf('new', second, start + 271 * day) } }),
    {
      write: { reason: 'the last leaf of an old authority has gone', signer: 'keep', trust: [], leaf: 'keep' },
      bundles: [],
      serve: 'stored',
    },
  ],
  [
    'renews at once when the clock has jumped past the certificate’s end',
    settled(31),
    {
      write: { reason: 'the certificate is not valid at this time', signer: 'keep', trust: [], leaf: 'issue' },
      bundles: [],
      serve: 'keep',
    },
  ],
  [
    'makes all anew at once when the clock has jumped past the authority’s end',
    settled(400),
    {
      write: { reason: 'the authority is not valid at this time', signer: 'new', trust: [], leaf: 'issue' },
      bundles: [],
      serve: 'keep',
    },
  ],
  [
    'makes all anew when the clock was set back to before the authority was made',
    settled(-1),
    {
      write: { reason: 'the authority is not valid at this time', signer: 'new', trust: ['first'], leaf: 'issue' },
      bundles: [],
      serve: 'keep',
    },
  ],
  [
    'issues another certificate when the Service was renamed',
    settled(0, { hosts: ['other.dokkerr.svc'] }),
    {
      write: { reason: 'the certificate is for other hosts', signer: 'keep', trust: [], leaf: 'issue' },
      bundles: [],
      serve: 'stored',
    },
  ],
  [
    'puts back a bundle that somebody emptied',
    settled(0, { bundles: [{ name: 'validating', entries: [[]] }], trustedFor: new Map() }),
    { bundles: ['validating'], serve: 'stored' },
  ],
  [
    'serves nothing before the bundles hold the authority',
    settled(0, { serving: undefined, bundles: [{ name: 'validating', entries: [[]] }], trustedFor: new Map() }),
    { bundles: ['validating'], serve: 'keep' },
  ],
  [
    'stays with its own certificate while another replica’s is not trusted yet',
    settled(250, {
      stored: { authorities: [second, first], leaf: leaf('new', second, start + 250 * day) },
      serving: lateLeaf,
      trustedFor: new Map([
        ['first', day],
        ['second', 500],
      ]),
    }),
    { bundles: [], serve: 'keep' },
  ],
  [
    'takes a trusted certificate at once when its own is trusted no more',
    settled(250, {
      stored: { authorities: [second], leaf: leaf('new', second, start + 250 * day) },
      serving: lateLeaf,
      trustedFor: new Map([['second', 500]]),
    }),
    { bundles: [], serve: 'stored' },
  ],
];

describe('plan', () => {
  it.each(cases)('%s', (_, input, expected) => {
    expect(plan(input)).toEqual(expected);
  });

  it('does not let a Secret that is deleted again and again fill the bundles', () => {
    const many = Array.from({ length: 20 }, (_, index) => authority(`a${index}`, start + index));
    const { write } = plan(lost(leaf('mine', authority('a0')), [many], 1));
    expect(write?.trust).toHaveLength(7);
    expect(write?.trust.slice(0, 2)).toEqual(['a0', 'a19']);
  });
});

describe('observeTrust', () => {
  it('counts from when an authority was first in every bundle, and anew after it was missing', () => {
    const both = [{ name: 'a', entries: [[first], [first, second]] }];
    const seen = observeTrust(new Map(), both, [first], 10);
    expect(seen).toEqual(new Map([['first', 10]]));
    expect(observeTrust(seen, both, [first], 20)).toEqual(new Map([['first', 10]]));
    const without = observeTrust(seen, [{ name: 'a', entries: [[], [first]] }], [first], 30);
    expect(without).toEqual(new Map());
    expect(observeTrust(without, both, [first], 40)).toEqual(new Map([['first', 40]]));
  });

  it('trusts what is stored where no configuration is installed', () => {
    expect(observeTrust(new Map(), [], [second], 5)).toEqual(new Map([['second', 5]]));
  });
});
