import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCpu, parseQuantity, sameQuantity } from './quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['1', 1_000_000_000n],
    ['500m', 500_000_000n],
    ['0.5', 500_000_000n],
    ['.5', 500_000_000n],
    ['1Ki', 1_024_000_000_000n],
    ['1.5Ki', 1_536_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['1E', 10n ** 27n],
    ['100n', 100n],
    ['-1', -1_000_000_000n],
    ['1.0000000001', 1_000_000_001n],
  ])('reads %s', (text, nano) => {
    expect(parseQuantity(text)).toBe(nano);
  });

  it.each(['', 'x', '1 Gi', '1GiB', '--1', '.', 'Gi'])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it('finds every spelling of one amount equal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 << 20 }), (cores) => {
        expect(sameQuantity(`${cores}`, `${cores * 1000}m`)).toBe(true);
        expect(sameQuantity(`${cores}Gi`, `${cores * 1024}Mi`)).toBe(true);
        expect(sameQuantity(`${cores}k`, `${cores}e3`)).toBe(true);
        expect(sameQuantity(`${cores}`, `${cores + 1}`)).toBe(false);
      }),
    );
  });
});

describe('format', () => {
  it('writes amounts the way people do', () => {
    expect(formatCpu(1_500_000_000n)).toBe('1500m');
    expect(formatCpu(2_000_000_000n)).toBe('2');
    expect(formatBytes(1_536n * 2n ** 20n * 1_000_000_000n)).toBe('1.5Gi');
    expect(formatBytes(0n)).toBe('0');
  });
});
