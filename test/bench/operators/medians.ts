/** From what was measured to what is shown: medians over the rounds, and ratios to the reference. Pure. */
import type { Row } from '../table.ts';
import type { Figures, Measured } from './comparison.ts';

/** One row for each variant and contestant, in the order in which they first appear. */
export function medianRows(measured: readonly Measured[], reference: string): readonly Row[] {
  const groups = Map.groupBy(measured, ({ variant, contestant }) => JSON.stringify([variant, contestant]));
  const medians = [...groups.values()].map((runs) => ({
    variant: runs[0]?.variant ?? '',
    contestant: runs[0]?.contestant ?? '',
    figures: medianFigures(runs.map(({ figures }) => figures)),
  }));
  return medians.map(({ variant, contestant, figures }) => {
    const base = medians.find((other) => other.variant === variant && other.contestant === reference);
    const cells = Object.entries(figures).map(([name, value]) => [name, cell(value, base?.figures[name])]);
    return { variant, contestant, ...(Object.fromEntries(cells) as Row) };
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The value below which so much of all lies, `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function medianFigures(runs: readonly Figures[]): Figures {
  const columns = [...new Set(runs.flatMap((figures) => Object.keys(figures)))];
  return Object.fromEntries(
    columns.map((name) => [name, median(runs.flatMap((figures) => figures[name] ?? []))] as const),
  );
}

/** `3.7 (0.95×)`; without the ratio where there is nothing to compare with. */
function cell(value: number, base: number | undefined): string {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
  return base === undefined || base === 0 ? text : `${text} (${(value / base).toFixed(2)}×)`;
}
