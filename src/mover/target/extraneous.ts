/**
 * What a target has and the snapshot that it is to become does not. An engine removes it when all is written; where it is what
 * fills the volume, as what a restore left that broke off, it has to go before.
 */
import { rmSync } from 'node:fs';
import { type Entry, entryAt, namesIn } from '../tree/entry.ts';
import { ownFolder } from './place.ts';

interface Extraneous {
  /** its bytes as Latin-1 */
  readonly path: string;
  /** of all that is in it */
  readonly bytes: number;
}

/**
 * The uppermost files and folders that are not kept.
 * @param kept paths of everything that is; a name that is no UTF-8 may be missing among them, and so goes and is written again
 */
export function* extraneousIn(target: string, kept: ReadonlySet<string>): Generator<Extraneous> {
  const root = Buffer.from(target).toString('latin1');
  for (const name of namesIn(root)) if (name !== ownFolder) yield* within(`${root}/${name}`, kept);
}

function* within(path: string, kept: ReadonlySet<string>): Generator<Extraneous> {
  const entry = entryAt(path);
  if (entry === undefined) return;
  if (!kept.has(Buffer.from(path, 'latin1').toString())) {
    yield { path, bytes: bytesBelow(path, entry) };
    return;
  }
  if (entry.kind === 'folder') for (const name of namesIn(path)) yield* within(`${path}/${name}`, kept);
}

function bytesBelow(path: string, { kind, size }: Entry): number {
  if (kind !== 'folder') return size;
  return namesIn(path).reduce((sum, name) => {
    const entry = entryAt(`${path}/${name}`);
    return entry === undefined ? sum : sum + bytesBelow(`${path}/${name}`, entry);
  }, 0);
}

/** Removes all of it. */
export function removeExtraneous(target: string, kept: ReadonlySet<string>): void {
  for (const { path } of extraneousIn(target, kept))
    rmSync(Buffer.from(path, 'latin1'), { recursive: true, force: true });
}
