import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appliedHash } from './applied-hash.ts';
import { isSubset } from './subset.ts';

const pod = (container: object) => ({ spec: { template: { spec: { containers: [container] } } } });

describe('a live object is as declared', () => {
  const same: [string, object, object][] = [
    ['with fields the API server filled in', { spec: { a: 1 } }, { spec: { a: 1, b: 2 }, status: {} }],
    [
      'with annotations of others',
      { metadata: { annotations: { a: '1' } } },
      { metadata: { annotations: { a: '1', b: '2' } } },
    ],
    ['with finalizers of others', { metadata: { finalizers: ['a'] } }, { metadata: { finalizers: ['b', 'a'] } }],
    [
      'with a sidecar of others',
      pod({ name: 'a' }),
      { spec: { template: { spec: { containers: [{ name: 'z' }, { name: 'a' }] } } } },
    ],
    [
      'with list items in another order',
      { env: [{ name: 'a' }, { name: 'b' }] },
      { env: [{ name: 'b' }, { name: 'a' }] },
    ],
    [
      'with ports told apart by number and protocol',
      pod({ name: 'a', ports: [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 53 }] }),
      pod({
        name: 'a',
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      }),
    ],
    ['with a CPU amount spelt otherwise', { limits: { cpu: '1000m' } }, { limits: { cpu: '1' } }],
    ['with a memory amount spelt otherwise', { requests: { memory: '1Gi' } }, { requests: { memory: '1024Mi' } }],
    ['with an amount given as a number', { requests: { cpu: 1 } }, { requests: { cpu: '1' } }],
    ['with a number given as text', { targetPort: '80' }, { targetPort: 80 }],
    ['without what was declared empty', { labels: {}, args: [], value: '', a: null, b: undefined }, {}],
    ['without a map of nothing but empty values', { securityContext: { sysctls: [] } }, {}],
    [
      'without a false that means absent',
      { volumeMounts: [{ mountPath: '/a', readOnly: false }] },
      { volumeMounts: [{ mountPath: '/a' }] },
    ],
  ];
  it.each(same)('%s', (_, desired, live) => {
    expect(isSubset(desired, live)).toBe(true);
  });
});

describe('a live object was changed', () => {
  const different: [string, object, object][] = [
    ['in a value', { data: { a: '1' } }, { data: { a: '2' } }],
    ['by taking a field away', { data: { a: '1' } }, { data: {} }],
    ['by taking a list item away', { env: [{ name: 'a' }, { name: 'b' }] }, { env: [{ name: 'a' }] }],
    ['within a list item', pod({ name: 'a', image: 'x:1' }), pod({ name: 'a', image: 'x:2' })],
    ['by adding an argument', { args: ['a'] }, { args: ['a', 'b'] }],
    ['by swapping arguments', { args: ['a', 'b'] }, { args: ['b', 'a'] }],
    [
      'by adding a port to a NetworkPolicy, whose ports are one value',
      { spec: { ingress: [{ ports: [{ port: 80 }] }] } },
      { spec: { ingress: [{ ports: [{ port: 80 }, { port: 22 }] }] } },
    ],
    ['by adding a toleration', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'a' }, { key: 'b' }] }],
    ['by taking away a false that means something', { automountServiceAccountToken: false }, {}],
    ['in an amount', { limits: { cpu: '1' } }, { limits: { cpu: '2' } }],
    ['from one text to another that would be the same amount', { data: { cpu: '1000m' } }, { data: { cpu: '1' } }],
    ['from zero to absent', { spec: { replicas: 0 } }, { spec: {} }],
  ];
  it.each(different)('%s', (_, desired, live) => {
    expect(isSubset(desired, live)).toBe(false);
  });
});

/** JSON objects as manifests have them. */
const manifest = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ minLength: 1 }),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'limits', 'containers', 'name', 'ports', 'x'), tie('value'), {
    maxKeys: 4,
  }),
})).object;

describe('for every object', () => {
  it('what was declared is a subset of itself, and of itself with more fields', () => {
    fc.assert(
      fc.property(manifest, manifest, (desired, more) => {
        expect(isSubset(desired, structuredClone(desired))).toBe(true);
        expect(isSubset(desired, { ...more, ...structuredClone(desired) })).toBe(true);
      }),
    );
  });

  it('an edit of any text or number in it is noticed', () => {
    fc.assert(
      fc.property(manifest, fc.nat(), (desired, pick) => {
        const live = structuredClone(desired);
        const leaves = leavesOf(live);
        fc.pre(leaves.length > 0);
        leaves[pick % leaves.length]?.();
        expect(isSubset(desired, live)).toBe(false);
      }),
    );
  });

  it('the hash does not depend on the order of its fields, and changes with any of them', () => {
    fc.assert(
      fc.property(manifest, fc.nat(), (desired, pick) => {
        expect(appliedHash(reversed(desired))).toBe(appliedHash(desired));
        const edited = structuredClone(desired);
        const leaves = leavesOf(edited);
        fc.pre(leaves.length > 0);
        leaves[pick % leaves.length]?.();
        expect(appliedHash(edited)).not.toBe(appliedHash(desired));
      }),
    );
  });
});

/** Functions that each change one text or number in place. */
function leavesOf(object: Record<string, unknown>): (() => void)[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (typeof value === 'string') return [() => void Object.assign(object, { [name]: `${value}!` })];
    if (typeof value === 'number') return [() => void Object.assign(object, { [name]: value + 1 })];
    return isObject(value) ? leavesOf(value) : [];
  });
}

function reversed(object: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object).reverse())
    result[name] = isObject(value) ? reversed(value) : value;
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
