/** Which backups a repository has that no Backup tells of. Pure. */
import { isDiscovered, snapshotUID } from '#contracts/backup/discovered.ts';
import type { MoverSnapshot } from '#contracts/mover/result.ts';
import { originOf, type SnapshotOrigin } from '#contracts/store/snapshot-tags.ts';
import type { Backup, BackupVolume } from '#crds/backup.ts';

/** A backup as its snapshots tell of it. */
export interface Discovered {
  /** as it was called; with a part of its UID where another has that name by now */
  readonly name: string;
  readonly uid: string;
  readonly origin: SnapshotOrigin;
  readonly volumes: readonly BackupVolume[];
  /** RFC 3339 */
  readonly startedAt: string;
  readonly completedAt: string;
}

/** Those snapshots that some Backup has, by id. */
export function knownSnapshots(backups: readonly Backup[]): Set<string> {
  return new Set(
    backups.flatMap(({ status }) => (status?.volumes ?? []).flatMap(({ snapshotID }) => snapshotID ?? [])),
  );
}

/**
 * One for each backup that made snapshots which are unknown, the oldest first. A Backup that is there already knows its
 * own snapshots, or is about to: what it does not name was left behind by an attempt that failed.
 * @param backups of the store's namespace
 */
export function discover(snapshots: readonly MoverSnapshot[], backups: readonly Backup[]): Discovered[] {
  const known = knownSnapshots(backups);
  // One that was only just declared has to be told still how it ended.
  const uids = new Set(
    backups.filter((one) => !isDiscovered(one) || one.status?.outcome !== undefined).map(snapshotUID),
  );
  const groups = new Map<string, { origin: SnapshotOrigin; snapshots: MoverSnapshot[] }>();
  for (const snapshot of snapshots) {
    const origin = originOf(snapshot.tags);
    if (origin === undefined || known.has(snapshot.id) || uids.has(origin.uid)) continue;
    const group = groups.get(origin.uid);
    if (group === undefined) groups.set(origin.uid, { origin, snapshots: [snapshot] });
    else group.snapshots.push(snapshot);
  }
  return [...groups.values()]
    .map((group) => discoveredOf(group.origin, group.snapshots, backups))
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function discoveredOf(
  origin: SnapshotOrigin,
  snapshots: readonly MoverSnapshot[],
  backups: readonly Backup[],
): Discovered {
  const inTime = snapshots.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
  // Of several attempts at one claim the last is the one that counts.
  const byClaim = new Map(inTime.map((snapshot) => [originOf(snapshot.tags)?.claim ?? '', snapshot]));
  const times = [...byClaim.values()].map(({ time }) => wholeSeconds(time)).toSorted();
  const [startedAt = '', completedAt = startedAt] = [times[0], times.at(-1)];
  return {
    name: freeName(origin, backups),
    uid: origin.uid,
    origin,
    volumes: [...byClaim].map(([claim, snapshot]) => volumeOf(claim, snapshot)),
    startedAt,
    completedAt,
  };
}

/** The name it had, unless somebody else has it; then always the same other one. */
function freeName({ backup, uid }: SnapshotOrigin, backups: readonly Backup[]): string {
  const holder = backups.find(({ metadata }) => metadata.name === backup);
  const isFree = holder === undefined || snapshotUID(holder) === uid;
  return isFree ? backup : `${backup.slice(0, 200)}-${uid.slice(0, 8)}`;
}

function volumeOf(claim: string, { id, sizeBytes, storedBytes, filesTotal }: MoverSnapshot): BackupVolume {
  return {
    claim,
    snapshotID: id,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(storedBytes === undefined ? {} : { storedBytes }),
    ...(filesTotal === undefined ? {} : { filesTotal }),
  };
}

function wholeSeconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
