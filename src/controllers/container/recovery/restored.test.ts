import { describe, expect, it } from 'vitest';
import type { ContainerStatus } from '#crds/container.ts';
import { aContainer } from '#test/fixtures/objects.ts';
import { countRestored, restoredOf } from './restored.ts';

const child = (kind: string, name = 'web') => ({ apiVersion: 'v1', kind, metadata: { name } });
const condition = (type: 'Ready' | 'NetworkConfigured', reason: string) => ({
  type,
  status: 'True' as const,
  reason,
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const complete: ContainerStatus = {
  observedGeneration: 2,
  currentRevision: '5',
  volumes: [{ name: 'data', claim: 'data-web-0', phase: 'Bound' }],
  conditions: [condition('Ready', 'Running'), condition('NetworkConfigured', 'NetworkConfigured')],
};
const kindsRestored = (status: ContainerStatus | undefined, ...made: readonly ReturnType<typeof child>[]) =>
  restoredOf(aContainer({}, status), made).map(({ kind }) => kind);

describe('a child that a pass made', () => {
  const all = [child('Service'), child('Deployment'), child('PersistentVolumeClaim', 'data-web-0')];

  it('was deleted by somebody where the status shows that it had been there', () => {
    expect(kindsRestored(complete, ...all)).toEqual(['Service', 'Deployment', 'PersistentVolumeClaim']);
  });

  it('is new before there is a status, and under a spec that has just changed', () => {
    expect(kindsRestored(undefined, ...all)).toEqual([]);
    expect(kindsRestored({ ...complete, observedGeneration: 1 }, ...all)).toEqual([]);
  });

  it('is new where nothing shows that there was one', () => {
    expect(kindsRestored({ observedGeneration: 2 }, ...all)).toEqual([]);
    expect(kindsRestored(complete, child('PersistentVolumeClaim', 'data-web-1'))).toEqual([]);
  });

  it('is new when the operator itself replaces a StatefulSet', () => {
    const replacing = { ...complete, conditions: [condition('Ready', 'ReplacingStatefulSet')] };
    expect(kindsRestored(replacing, child('StatefulSet'))).toEqual([]);
  });
});

describe('the count of restored children', () => {
  const now = new Date('2026-01-01T00:00:00Z');

  it('goes on from what the status says, and names the last', () => {
    const before = { count: 2, last: 'Service web', at: '2025-12-31T00:00:00Z' };
    const counted = countRestored(aContainer({}, { ...complete, restored: before }), [child('Deployment')], now);
    expect(counted).toEqual({ count: 3, last: 'Deployment web', at: '2026-01-01T00:00:00Z' });
    expect(countRestored(aContainer({}, { ...complete, restored: before }), [], now)).toEqual(before);
  });
});
