/**
 * Kubernetes resource quantities ("500m", "1Gi", "1e3") as exact integers, so that two spellings of one amount compare equal.
 * Rules: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const NANO = 1_000_000_000n;

const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

const binaryExponents: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;

/**
 * The amount in billionths (1 core = 1 000 000 000, 1 byte likewise), rounded up as the API server does; `undefined`
 * when the text is no quantity.
 */
export function parseQuantity(text: string | number): bigint | undefined {
  const match = pattern.exec(String(text));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const magnitude = scale(digits, fraction.length, suffix);
  return sign === '-' ? -magnitude : magnitude;
}

/** `digits` / 10^`decimals`, times the suffix, in billionths, rounded up. */
function scale(digits: bigint, decimals: number, suffix: string): bigint {
  const binary = binaryExponents[suffix];
  if (binary !== undefined) return divideUp((digits << binary) * NANO, 10n ** BigInt(decimals));
  const exponent = (decimalExponents[suffix] ?? Number(suffix.slice(1))) + 9 - decimals;
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : divideUp(digits, 10n ** BigInt(-exponent));
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** Two texts that mean one amount: `sameQuantity('1000m', '1')`. Texts that are no quantities are never the same. */
export function sameQuantity(left: string | number, right: string | number): boolean {
  const amount = parseQuantity(left);
  return amount !== undefined && amount === parseQuantity(right);
}

/** Billionths of a core as people write it: `1500m`, `2`. */
export function formatCpu(nano: bigint): string {
  return nano % NANO === 0n ? String(nano / NANO) : `${divideUp(nano, NANO / 1000n)}m`;
}

/** Billionths of a byte as people read it, in the largest binary unit with at most two decimals: `1.5Gi`. */
export function formatBytes(nano: bigint): string {
  let amount = Number(nano / NANO);
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
  let unit = 0;
  while (Math.abs(amount) >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${Math.round(amount * 100) / 100}${units[unit]}`;
}
