/** Two folders gone through side by side, name by name. Only the names of one folder and the folders to come are held. */
import { RunFailure } from '#contracts/mover/failure.ts';
import { ownFolder } from '../target/place.ts';
import { type Entry, entryAt, namesIn } from './entry.ts';

/** What both have under one name. */
export interface Pair {
  /** within the folders, its bytes as Latin-1; empty for the folders themselves */
  readonly path: string;
  readonly source: Entry | undefined;
  readonly target: Entry | undefined;
}

/** What could not be looked at. */
export interface Obstacle {
  readonly path: string;
  readonly obstacle: string;
}

/**
 * What is in a folder that only one of them has is passed over.
 * @throws RunFailure when one of the folders is not there, or both are one
 */
export function* walk(source: string, target: string): Generator<Pair | Obstacle> {
  const root = { path: '', source: requireFolder(source), target: requireFolder(target) };
  if (root.source.identity === root.target.identity) {
    throw new RunFailure('Internal', `${source} and ${target} are one volume`, { retryable: false });
  }
  yield root;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const [inSource, inTarget] = [listed(source, folder, 'source'), listed(target, folder, 'target')];
    if (typeof inSource === 'string') yield { path: folder, obstacle: inSource };
    if (typeof inTarget === 'string') yield { path: folder, obstacle: inTarget };
    if (typeof inSource === 'string' || typeof inTarget === 'string') continue;
    for (const { name, source: hasSource, target: hasTarget } of merged(inSource, inTarget)) {
      if (folder === '' && name === ownFolder) continue;
      const path = folder === '' ? name : `${folder}/${name}`;
      const found = look(path, hasSource ? source : undefined, hasTarget ? target : undefined);
      yield found;
      if ('source' in found && found.source?.kind === 'folder' && found.target?.kind === 'folder') folders.push(path);
    }
  }
}

function requireFolder(path: string): Entry {
  const entry = entryAt(Buffer.from(path).toString('latin1'));
  if (entry?.kind === 'folder') return entry;
  throw new RunFailure('Internal', `there is no folder ${path}: is the volume mounted there?`, { retryable: false });
}

function listed(root: string, folder: string, side: string): string[] | string {
  try {
    return namesIn(placeOf(root, folder));
  } catch (error) {
    return `cannot be listed in the ${side} (${codeOf(error)})`;
  }
}

function look(path: string, source: string | undefined, target: string | undefined): Pair | Obstacle {
  try {
    return {
      path,
      source: source === undefined ? undefined : entryAt(placeOf(source, path)),
      target: target === undefined ? undefined : entryAt(placeOf(target, path)),
    };
  } catch (error) {
    return { path, obstacle: `cannot be looked at (${codeOf(error)})` };
  }
}

/** The path in one of the trees, as bytes in Latin-1. */
export function placeOf(root: string, path: string): string {
  const base = Buffer.from(root).toString('latin1');
  return path === '' ? base : `${base}/${path}`;
}

/** The system's word for what went wrong. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The names of two sorted lists, each once. */
export function* merged(source: readonly string[], target: readonly string[]) {
  let [s, t] = [0, 0];
  for (;;) {
    const [ofSource, ofTarget] = [source[s], target[t]];
    if (ofSource === undefined && ofTarget === undefined) return;
    const isSource = ofTarget === undefined || (ofSource !== undefined && ofSource <= ofTarget);
    const isTarget = ofSource === undefined || (ofTarget !== undefined && ofTarget <= ofSource);
    if (isSource) s += 1;
    if (isTarget) t += 1;
    yield { name: (isSource ? ofSource : ofTarget) ?? '', source: isSource, target: isTarget };
  }
}
