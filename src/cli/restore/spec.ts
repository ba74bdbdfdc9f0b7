/** What is typed after `restore create`, as the spec of a Restore. Pure. */
import type { RestoreSpec } from '#crds/restore.ts';
import { misuse } from '../command.ts';
import { pointInTime } from '../values.ts';

export interface RestoreOptions {
  readonly backup?: string;
  readonly container?: string;
  readonly asOf?: string;
  readonly offset?: number;
  readonly store?: string;
  readonly snapshot?: string;
  readonly sourceClaim?: string;
  readonly toContainer?: string;
  readonly toClaim?: string;
  readonly newClaim?: string;
  readonly size?: string;
  readonly storageClass?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly checksum?: boolean;
  /** false where `--no-safety-backup` was written */
  readonly safetyBackup: boolean;
}

/** Without what the API server fills in. @throws DKR_CONFIG_INVALID saying what to write instead */
export function restoreSpec(options: RestoreOptions, now: Date): Partial<RestoreSpec> {
  const { include, exclude, checksum = false, safetyBackup, toContainer } = options;
  if (!safetyBackup && toContainer === undefined) {
    throw misuse('--no-safety-backup is about a restore in place: leave it out, or write --to-container NAME');
  }
  return {
    source: sourceOf(options, now),
    // Sound: what a claim leaves out the API server fills in.
    target: targetOf(options) as RestoreSpec['target'],
    ...(include === undefined ? {} : { include: [...include] }),
    ...(exclude === undefined ? {} : { exclude: [...exclude] }),
    ...(checksum ? { verify: { target: 'Checksum' } as RestoreSpec['verify'] } : {}),
    ...(safetyBackup ? {} : { safetyBackup: false, rollbackOnFailure: false }),
  };
}

function sourceOf(options: RestoreOptions, now: Date): RestoreSpec['source'] {
  const { backup, container, asOf, offset, store, snapshot, sourceClaim } = options;
  const given = written({ '--backup': backup, '--container': container, '--snapshot': snapshot });
  if (given.length > 1) throw misuse(`${given.join(' and ')} are ${given.length} sources: keep one of them`);
  if ((asOf !== undefined || offset !== undefined) && container === undefined) {
    const flag = asOf === undefined ? '--offset' : '--as-of';
    throw misuse(`${flag} chooses among the backups of a Container: write --container NAME too`);
  }
  if ((store === undefined) !== (snapshot === undefined)) {
    throw misuse('a snapshot is named by its store and its id: write --store NAME --snapshot ID');
  }
  const claim = sourceClaim === undefined ? {} : { claim: sourceClaim };
  if (backup !== undefined) return { backupRef: { name: backup }, ...claim };
  if (store !== undefined && snapshot !== undefined) {
    return { snapshot: { storeRef: { name: store }, id: snapshot }, ...claim };
  }
  if (container === undefined) {
    throw misuse(
      'nothing says what to bring back: write --backup NAME, --container NAME for its latest, or --store NAME --snapshot ID',
    );
  }
  return {
    containerRef: { name: container },
    ...(asOf === undefined ? {} : { asOf: pointInTime(asOf, now) }),
    ...(offset === undefined ? {} : { offset }),
    ...claim,
  };
}

function targetOf({ toContainer, toClaim, newClaim, size, storageClass }: RestoreOptions) {
  const given = written({ '--to-container': toContainer, '--to-claim': toClaim, '--new-claim': newClaim });
  if (given.length > 1) throw misuse(`${given.join(' and ')} are ${given.length} targets: keep one of them`);
  if (newClaim === undefined && (size !== undefined || storageClass !== undefined)) {
    throw misuse(
      `${size === undefined ? '--storage-class' : '--size'} is about a claim that is made: write --new-claim NAME too`,
    );
  }
  if (toContainer !== undefined) return { containerRef: { name: toContainer } };
  if (toClaim !== undefined) return { claimRef: { name: toClaim } };
  if (newClaim === undefined) {
    throw misuse(
      'nothing says where to: write --to-container NAME (in place), --to-claim NAME, or --new-claim NAME --size SIZE',
    );
  }
  if (size === undefined) throw misuse('a new claim has a size: write --size too, for example --size 10Gi');
  return {
    claim: { name: newClaim, size, ...(storageClass === undefined ? {} : { storageClassName: storageClass }) },
  };
}

/** The flags that were written, of those that go one at a time. */
function written(flags: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
}
