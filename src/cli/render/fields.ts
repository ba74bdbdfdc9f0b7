/** What is known of one object, a line each, names and values aligned. Pure. */
import { type Paint, toneOf } from '../terminal/paint.ts';
import { oneLine } from './one-line.ts';

/** A name and what it has; left out where there is nothing. A phase is painted by what it means. */
export type Field = readonly [name: string, value: string | undefined];

/** Those that have something. */
export function fieldLines(fields: readonly Field[], paint: Paint): string[] {
  const present = fields.filter((field): field is [string, string] => field[1] !== undefined && field[1] !== '');
  const width = Math.max(...present.map(([name]) => name.length));
  return present.map(([name, value]) => {
    const text = oneLine(value);
    const tone = name === 'Phase' ? toneOf(text) : undefined;
    return `${name.padEnd(width)}   ${tone === undefined ? text : paint(tone, text)}`;
  });
}

/** A heading and lines below it; nothing where there are none. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
