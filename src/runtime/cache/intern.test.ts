import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StringPool } from './intern.ts';

describe('the string pool', () => {
  test('changes no value, whatever it has seen before', () => {
    const pool = new StringPool();
    fc.assert(
      fc.property(fc.object(), (value) => {
        const before = structuredClone(value);
        pool.intern(value);
        expect(value).toEqual(before);
      }),
    );
  });

  test('forgets what does not recur, and keeps what does', () => {
    const pool = new StringPool();
    for (let turn = 0; turn < 5000; turn++) {
      const object = {
        image: 'registry.example/app:1',
        name: `unique-name-${turn}`,
        deep: [{ reason: 'MinimumReplicas' }],
      };
      const before = structuredClone(object);
      pool.intern(object);
      expect(object).toEqual(before);
    }
    expect(pool.size).toBeLessThanOrEqual(2048);
  });
});
