import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareResourceVersions } from './resource-version.ts';
import { VersionGate } from './version-gate.ts';

describe('resource versions', () => {
  test('are ordered as the integers they are, also beyond 2^53', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n }), fc.bigInt({ min: 1n, max: 2n ** 64n }), (a, b) => {
        expect(Math.sign(compareResourceVersions(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });
});

describe('the version gate', () => {
  test('lets pass what was seen and whoever waits for it', async () => {
    const gate = new VersionGate();
    const waiting = gate.reached('100', 5000);
    gate.pass('99');
    gate.pass('101');
    expect(await waiting).toBe(true);
    expect(await gate.reached('101', 0)).toBe(true);
  });

  test('gives up after its time', async () => {
    const gate = new VersionGate();
    gate.pass('9');
    expect(await gate.reached('10', 10)).toBe(false);
  });
});
