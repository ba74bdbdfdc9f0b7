/** What is known of one object, a line each, names and values aligned. Pure. */
import { oneLine } from './one-line.ts';

/** A name and what it has; left out where there is nothing. */
export type Field = readonly [name: string, value: string | undefined];

export function fieldLines(fields: readonly Field[]): string[] {
  const present = fields.filter((field): field is [string, string] => field[1] !== undefined && field[1] !== '');
  const width = Math.max(...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${name.padEnd(width)}   ${oneLine(value)}`);
}

/** A heading and lines below it; nothing where there are none. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : ['', title, ...lines.map((line) => `  ${line.trimStart() === line ? line : line.slice(2)}`)];
}
