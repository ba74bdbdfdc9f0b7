/** Which backup is meant, and which of its volumes goes into which claim. Pure. */
import type { Backup } from '#crds/backup.ts';
import type { Restore } from '#crds/restore.ts';
import { DokkerrError } from '#runtime/errors.ts';

type Source = Restore['spec']['source'];

/** A backup that can be brought back: it has ended, what it stored was not refused by its verification, and is there. */
export function isUsable({ status, metadata }: Backup): boolean {
  return status?.outcome === 'Completed' && status.missing !== true && metadata.deletionTimestamp === undefined;
}

/**
 * The backup that `source` means. One that matches nothing is an error and never the latest instead.
 * @throws DKR_SNAPSHOT_MISSING, DKR_DEPENDENCY_MISSING saying which there are
 */
export function selectBackup(source: Source, backups: readonly Backup[]): Backup {
  if (source.backupRef !== undefined) return namedBackup(source.backupRef.name, backups);
  const container = source.containerRef?.name ?? '';
  const candidates = backups
    .filter((backup) => backup.spec.containerRef?.name === container && isUsable(backup))
    .filter((backup) => source.asOf === undefined || startOf(backup) <= Date.parse(source.asOf))
    .toSorted((a, b) => startOf(b) - startOf(a));
  const chosen = candidates[source.offset ?? 0];
  if (chosen !== undefined) return chosen;
  const of = source.asOf === undefined ? '' : ` begun at or before ${source.asOf}`;
  throw new DokkerrError(
    'DKR_SNAPSHOT_MISSING',
    `Container ${container} has ${candidates.length} completed backups${of}, so there is none at offset ${source.offset ?? 0}`,
  );
}

function namedBackup(name: string, backups: readonly Backup[]): Backup {
  const backup = backups.find(({ metadata }) => metadata.name === name);
  if (backup === undefined) {
    throw new DokkerrError('DKR_DEPENDENCY_MISSING', `Backup ${name} does not exist; correct spec.source.backupRef`);
  }
  if (isUsable(backup)) return backup;
  const { outcome, phase = 'Pending', missing = false } = backup.status ?? {};
  if (missing) {
    throw new DokkerrError(
      'DKR_SNAPSHOT_MISSING',
      `Backup ${name} cannot be restored: its data is gone from the store`,
    );
  }
  if (outcome === undefined) {
    throw new DokkerrError('DKR_DEPENDENCY_MISSING', `Backup ${name} has not ended yet, it is ${phase}`, {
      reason: 'BackupNotEnded',
    });
  }
  throw new DokkerrError('DKR_SNAPSHOT_MISSING', `Backup ${name} cannot be restored, it is ${phase}`);
}

function startOf({ status, metadata }: Backup): number {
  return Date.parse(status?.startedAt ?? metadata.creationTimestamp ?? '');
}

/** One volume of a backup, and the claim it is from or goes into. */
export interface StoredVolume {
  readonly claim: string;
  /** the claim it is from, where `claim` is made for it and goes with the restore */
  readonly scratchOf?: string;
  readonly snapshotID: string;
  readonly sizeBytes?: number;
}

export function storedVolumes({ status }: Backup): StoredVolume[] {
  return (status?.volumes ?? []).flatMap(({ claim, snapshotID, sizeBytes }) =>
    snapshotID === undefined ? [] : [{ claim, snapshotID, ...(sizeBytes === undefined ? {} : { sizeBytes }) }],
  );
}

/**
 * What goes where: volumes and claims of one name belong together; one volume and one claim belong together whatever
 * their names.
 * @param wanted `spec.source.claim`
 * @throws DKR_SPEC_INVALID naming what has no counterpart
 */
export function matchVolumes(
  volumes: readonly StoredVolume[],
  claims: readonly string[],
  wanted: string | undefined,
): StoredVolume[] {
  const chosen = chosenVolumes(volumes, wanted);
  const [volume] = chosen;
  const [only] = claims;
  if (chosen.length === 1 && claims.length === 1 && volume !== undefined && only !== undefined) {
    return [{ ...volume, claim: only }];
  }
  const matched = claims.flatMap((claim) => chosen.find((candidate) => candidate.claim === claim) ?? []);
  if (matched.length === claims.length && matched.length > 0) return matched;
  throw new DokkerrError(
    'DKR_SPEC_INVALID',
    `the backup has ${namesOf(volumes)}, the target is ${claims.join(', ')}: name one of the backup's in spec.source.claim`,
  );
}

/**
 * Each volume into a claim of its own that is made for it.
 * @param wanted `spec.source.claim`
 * @throws DKR_SPEC_INVALID when there is no such volume
 */
export function scratchVolumes(
  volumes: readonly StoredVolume[],
  uid: string,
  wanted: string | undefined,
): StoredVolume[] {
  const chosen = chosenVolumes(volumes, wanted);
  if (chosen.length > 0)
    return chosen.map((volume, index) => ({ ...volume, claim: `scratch-${uid}-${index}`, scratchOf: volume.claim }));
  throw new DokkerrError(
    'DKR_SPEC_INVALID',
    `the backup has ${namesOf(volumes)}, and none of the name in spec.source.claim: correct it`,
  );
}

function chosenVolumes(volumes: readonly StoredVolume[], wanted: string | undefined): readonly StoredVolume[] {
  return wanted === undefined ? volumes : volumes.filter(({ claim }) => claim === wanted);
}

function namesOf(volumes: readonly StoredVolume[]): string {
  return volumes.length === 0 ? 'no volume' : volumes.map(({ claim }) => claim).join(', ');
}
