/** Names, times and owners of a file system as a person can read them. Pure. */
import type { Owner } from './entry.ts';

/** Characters of a path that are shown; of a longer one its end, which tells most. */
const longestPath = 120;

/**
 * A path whose bytes are Latin-1, as text: UTF-8 where it is some, `\xe9` for bytes that are none, control characters escaped.
 * The folder itself is `.`.
 */
export function pathInWords(path: string): string {
  if (path === '') return '.';
  const text = escaped(decoded(path));
  return text.length <= longestPath ? text : `…${text.slice(1 - longestPath)}`;
}

function decoded(path: string): string {
  const bytes = Buffer.from(path, 'latin1');
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  return path.replaceAll(/\P{ASCII}/gu, hexadecimal);
}

function escaped(text: string): string {
  return text.replaceAll('\n', '\\n').replaceAll(/\p{Cc}/gu, hexadecimal);
}

function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

export function modeInWords(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

export function ownerInWords({ uid, gid }: Owner): string {
  return `${uid}:${gid}`;
}

const second = 1_000_000_000n;

/** RFC 3339 with nanoseconds; seconds since 1970 for years that have no such form. */
export function timeInWords(nanoseconds: bigint): string {
  const part = ((nanoseconds % second) + second) % second;
  const seconds = (nanoseconds - part) / second;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s after 1970`;
  const whole = date.toISOString().slice(0, -5);
  return part === 0n ? `${whole}Z` : `${whole}.${part.toString().padStart(9, '0')}Z`;
}
