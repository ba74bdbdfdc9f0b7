import { describe, expect, it } from 'vitest';
import { readiness } from './readiness.ts';

const condition = (type: string, status: 'True' | 'False') => ({
  type,
  status,
  reason: 'Tested',
  message: '',
  lastTransitionTime: '2026-11-23T01:00:00Z',
});

describe('readiness, to a script', () => {
  it.each<[string, number, Parameters<typeof readiness>[0]]>([
    [
      '0 when ready',
      0,
      { metadata: { generation: 2 }, status: { observedGeneration: 2, conditions: [condition('Ready', 'True')] } },
    ],
    [
      '3 when ready for an older spec',
      3,
      { metadata: { generation: 2 }, status: { observedGeneration: 1, conditions: [condition('Ready', 'True')] } },
    ],
    [
      '3 on its way',
      3,
      { metadata: { generation: 1 }, status: { observedGeneration: 1, conditions: [condition('Ready', 'False')] } },
    ],
    ['3 before anybody looked', 3, { metadata: { generation: 1 } }],
    [
      '1 when stuck',
      1,
      { metadata: { generation: 1 }, status: { observedGeneration: 1, conditions: [condition('Stalled', 'True')] } },
    ],
  ])('is exit code %s', (_, code, object) => {
    expect(readiness(object)).toBe(code);
  });
});
