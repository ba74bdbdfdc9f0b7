import { expect, it } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { heldDeletions } from './mass-deletion.ts';

/** Sound: of both only what stands here is read. */
const store = (annotations = {}) =>
  ({ metadata: { name: 'offsite', annotations }, spec: { deletionProtection: { threshold: 2 } } }) as BackupStore;

function deleted(at: string | undefined, more: { policy?: string; outcome?: string; store?: string } = {}): Backup {
  const { policy = 'Delete', outcome = 'Completed', store: name = 'offsite' } = more;
  return {
    metadata: { name: 'one', ...(at === undefined ? {} : { deletionTimestamp: at }) },
    spec: { deletionPolicy: policy },
    status: { outcome, resolved: { store: name } },
  } as Backup;
}

const first = '2026-01-01T00:00:00Z';
const later = '2026-01-01T01:00:00Z';

it('lets as many backups be deleted at once as the threshold says, and holds all of them from one more on', () => {
  expect(heldDeletions(store(), [deleted(first), deleted(first)])).toHaveLength(0);
  expect(heldDeletions(store(), [deleted(first), deleted(first), deleted(first)])).toHaveLength(3);
});

it('counts only what takes data out of this very store', () => {
  const others = [
    deleted(undefined),
    deleted(first, { policy: 'Retain' }),
    deleted(first, { outcome: 'Failed' }),
    deleted(first, { store: 'another' }),
  ];
  expect(heldDeletions(store(), [deleted(first), deleted(first), ...others])).toHaveLength(0);
});

it('lets go of what was deleted up to the time that was acknowledged, and guards what comes after', () => {
  const meant = store({ 'dokkerr.io/allow-deletion': '2026-01-01T00:30:00+00:00' });
  expect(heldDeletions(meant, [deleted(first), deleted(first), deleted(first)])).toHaveLength(0);
  const again = [deleted(first), deleted(later), deleted(later), deleted(later)];
  expect(heldDeletions(meant, again)).toHaveLength(3);
});
