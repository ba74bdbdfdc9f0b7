/** Columns as wide as their widest cell, three spaces between, as kubectl aligns them. Pure. */
import { type Paint, toneOf } from '../terminal/paint.ts';

export interface Cell {
  readonly text: string;
  /** painted by what the word means */
  readonly isPhase?: boolean;
}

const gap = '   ';

/** The lines of a table. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], paint: Paint): string[] {
  const lines = [head.map((text): Cell => ({ text })), ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.text.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) => padded(cell, widths[column] ?? 0, paint))
      .join(gap)
      .trimEnd(),
  );
}

function padded({ text, isPhase = false }: Cell, width: number, paint: Paint): string {
  const tone = isPhase ? toneOf(text) : undefined;
  const space = ' '.repeat(Math.max(0, width - text.length));
  return tone === undefined ? text + space : paint(tone, text) + space;
}
