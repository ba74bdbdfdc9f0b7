/** Figures as a table a person can read. */

/** One line: a label, and a figure for each column. */
export type Row = Readonly<Record<string, string | number>>;

/** Columns in the order they first appear, numbers to the right, decimals to one place. */
export function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => text(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const isNumeric = columns.map((column) => rows.every((row) => typeof row[column] !== 'string'));
  return cells
    .map((line) => line.map((cell, index) => pad(cell, widths[index] ?? 0, isNumeric[index] ?? false)).join('  '))
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

function text(value: string | number | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width);
}
