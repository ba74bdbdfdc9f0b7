/** The tags by which a snapshot in a repository tells what it is of, also to a cluster that knows nothing else. Pure. */

/** What a snapshot is of. */
export interface SnapshotOrigin {
  readonly namespace: string;
  readonly claim: string;
  /** name of the Backup that made it */
  readonly backup: string;
  /** UID of that Backup: those of one backup share it */
  readonly uid: string;
  readonly container?: string;
  /** BackupSchedule whose retention counts it */
  readonly schedule?: string;
}

/** On every snapshot of ours. */
const ours = 'dokkerr';

export function tagsOf({ namespace, claim, backup, uid, container, schedule }: SnapshotOrigin): string[] {
  return [
    ours,
    `namespace=${namespace}`,
    `claim=${claim}`,
    `backup=${backup}`,
    uidTag(uid),
    ...(container === undefined ? [] : [`container=${container}`]),
    ...(schedule === undefined ? [] : [`schedule=${schedule}`]),
  ];
}

/** The tag that all snapshots of one backup have, and no others. */
export function uidTag(uid: string): string {
  return `uid=${uid}`;
}

/** Undefined for a snapshot that somebody else made. */
export function originOf(tags: readonly string[]): SnapshotOrigin | undefined {
  const value = (name: string) => tags.find((tag) => tag.startsWith(`${name}=`))?.slice(name.length + 1);
  const [namespace, claim, backup, uid] = [value('namespace'), value('claim'), value('backup'), value('uid')];
  if (!tags.includes(ours) || namespace === undefined || claim === undefined) return undefined;
  if (backup === undefined || uid === undefined) return undefined;
  const container = value('container');
  const schedule = value('schedule');
  return {
    namespace,
    claim,
    backup,
    uid,
    ...(container === undefined ? {} : { container }),
    ...(schedule === undefined ? {} : { schedule }),
  };
}
