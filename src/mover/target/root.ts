/**
 * The folder that a snapshot was made of, and that becomes the target: engines write what is in it, and leave the folder itself as
 * it is. Whoever mounts a volume has set it up already, and it may be anybody's, so that what cannot be set is told and fails nothing.
 */
import { chmod, chown } from 'node:fs/promises';
import type { SnapshotEntry } from '../engine.ts';
import { differencesOf } from '../tree/difference.ts';
import { entryAt } from '../tree/entry.ts';

/** Gives the target its permissions and owner, as far as the mover may; what remains is told in words. */
export async function adoptRoot({ kind, mode, owner }: SnapshotEntry, target: string): Promise<string | undefined> {
  // Permissions last, for a change of the owner takes some of them away.
  if (owner !== undefined) await chown(target, owner.uid, owner.gid).catch(refused);
  if (mode !== undefined && rootAt(target)?.mode !== mode) await chmod(target, mode).catch(refused);
  const found = rootAt(target);
  if (found === undefined) return undefined;
  const { owner: disowned, others } = differencesOf(
    { kind, size: 0, ...(mode === undefined ? {} : { mode }), ...(owner === undefined ? {} : { owner }) },
    found,
  );
  const told = [...others, ...(disowned === undefined ? [] : [disowned])].join(', ');
  return told === '' ? undefined : `${target} itself is not as in the snapshot: ${told}`;
}

function rootAt(target: string) {
  return entryAt(Buffer.from(target).toString('latin1'));
}

function refused(error: unknown): void {
  if (error instanceof Error && 'code' in error && (error.code === 'EPERM' || error.code === 'EROFS')) return;
  throw error;
}
