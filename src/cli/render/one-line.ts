/** What others wrote, fit for a line of a terminal. Pure. */
import { stripVTControlCharacters } from 'node:util';

/** Without line breaks and control codes, which file names and messages of programs may hold. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
}

/** At most so many characters; what was cut ends in an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
