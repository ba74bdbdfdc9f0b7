/** The end of what a program said, as status may show it. Pure. */

const keptLines = 5;
const keptCharacters = 1024;

/** The last lines that are not empty, without control characters. */
export function tailOf(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/\p{Cc}/gu, '').trimEnd())
    .filter((line) => line !== '');
  return lines.slice(-keptLines).join('\n').slice(-keptCharacters);
}
