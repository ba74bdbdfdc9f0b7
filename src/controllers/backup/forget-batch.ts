/**
 * Backups that are deleted together are forgotten together: whose turn it is takes the snapshots of the others along, and
 * tells them, so that fifty of them cost one pod and not fifty.
 */
import { snapshotUID } from '#contracts/backup/discovered.ts';
import { requestVariable } from '#contracts/mover/files.ts';
import { moverRequest } from '#contracts/mover/request.ts';
import { takesData } from '#contracts/store/mass-deletion.ts';
import { uidTag } from '#contracts/store/snapshot-tags.ts';
import { Backup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import type { Job } from '#runtime/client/kinds.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { asDokkerrError } from '#runtime/errors.ts';

/** Snapshots one mover is asked to forget; their ids stand in its environment, 70 bytes each. */
const atOnce = 500;

/** On a Backup that is going: its snapshots were taken out of the store by another's mover. */
const forgottenAnnotation = 'dokkerr.io/forgotten';

export function isForgotten({ metadata }: Backup): boolean {
  return metadata.annotations?.[forgottenAnnotation] === 'true';
}

/** What the mover of this Backup is asked: everything of its own, and what is known of the others. */
export function forgetRequest(backup: Backup, others: readonly Backup[]) {
  const snapshotIDs = [backup, ...others].flatMap(snapshotsOf).slice(0, atOnce);
  // Movers of its own that were lost may have made snapshots nobody here knows of.
  return { operation: 'forget' as const, snapshotIDs, tags: [uidTag(snapshotUID(backup))] };
}

function snapshotsOf({ status }: Backup): string[] {
  return (status?.volumes ?? []).flatMap(({ snapshotID }) => snapshotID ?? []);
}

/** The others that are going too, and of which everything that is in the store is known. */
export function companions(backups: readonly Backup[], backup: Backup, store: BackupStore): Backup[] {
  return backups.filter((other) => {
    const isOurs = other.status?.resolved?.store === store.metadata.name && other.metadata.uid !== backup.metadata.uid;
    const hadOneAttempt = other.status?.steps?.every(({ spent = 0 }) => spent === 0) === true;
    return isOurs && hadOneAttempt && takesData(other) && !isForgotten(other);
  });
}

/** Tells those whose snapshots that mover was asked to forget, and has. */
export async function tellForgotten({ client }: Pass<Backup>, job: Job, others: readonly Backup[]): Promise<void> {
  const forgotten = new Set(requestedOf(job));
  for (const other of others) {
    if (!snapshotsOf(other).every((id) => forgotten.has(id))) continue;
    try {
      await client.patch(Backup, other.metadata, { metadata: { annotations: { [forgottenAnnotation]: 'true' } } });
    } catch (thrown) {
      // One that is gone by now needs no telling.
      if (asDokkerrError(thrown).code !== 'DKR_API_NOT_FOUND') throw thrown;
    }
  }
}

function requestedOf({ spec }: Job): readonly string[] {
  const text = spec?.template.spec?.containers[0]?.env?.find(({ name }) => name === requestVariable)?.value;
  const { data } = moverRequest.safeParse(text === undefined ? undefined : JSON.parse(text));
  return data?.operation === 'forget' ? data.snapshotIDs : [];
}
