/** Whether what is removed by its age may be removed: not while the store's clock and the operator's disagree. Pure. */
import type { BackupStore } from '#crds/backup-store.ts';

/** Seconds: S3 itself refuses requests from 15 minutes on; restic's locks and people's retention want it closer. */
const greatestSkew = 300;

/** Why nothing may be removed by its age; undefined when the clocks agree, or nobody has compared them yet. */
export function clockObjection({ status }: Pick<BackupStore, 'status'>): string | undefined {
  const skew = status?.clockSkewSeconds ?? 0;
  if (Math.abs(skew) <= greatestSkew) return undefined;
  const direction = skew > 0 ? 'ahead of' : 'behind';
  return `the store's clock is ${Math.abs(skew)} s ${direction} the operator's: set both by a time server`;
}
