/**
 * What a target has and the snapshot that it is to become does not. An engine removes it when all is written; where it is what
 * fills the volume, as what a restore left that broke off, it has to go before.
 */
import { rmSync } from 'node:fs';
import { bytesOf, entryAt, namesIn } from '../tree/entry.ts';
import { ownFolder } from './place.ts';

/**
 * The uppermost files and folders that are not kept, their bytes as Latin-1.
 * @param kept paths of everything that is; a name that is no UTF-8 may be missing among them, and so goes and is written again
 */
function* extraneousIn(target: string, kept: ReadonlySet<string>): Generator<string> {
  const root = Buffer.from(target).toString('latin1');
  for (const name of namesIn(root)) if (name !== ownFolder) yield* within(`${root}/${name}`, kept);
}

function* within(path: string, kept: ReadonlySet<string>): Generator<string> {
  if (!kept.has(Buffer.from(path, 'latin1').toString())) yield path;
  else if (entryAt(path)?.kind === 'folder') for (const name of namesIn(path)) yield* within(`${path}/${name}`, kept);
}

/** Bytes of all of it. */
export function extraneousBytes(target: string, kept: ReadonlySet<string>): number {
  return extraneousIn(target, kept).reduce((sum, path) => sum + bytesBelow(path), 0);
}

function bytesBelow(path: string): number {
  const entry = entryAt(path);
  if (entry?.kind !== 'folder') return entry?.size ?? 0;
  return namesIn(path).reduce((sum, name) => sum + bytesBelow(`${path}/${name}`), 0);
}

/** Removes all of it. */
export function removeExtraneous(target: string, kept: ReadonlySet<string>): void {
  for (const path of extraneousIn(target, kept)) rmSync(bytesOf(path), { recursive: true, force: true });
}
