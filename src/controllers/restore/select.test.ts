import { describe, expect, it } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import { scratchSize } from './claims.ts';
import { matchVolumes, scratchVolumes, selectBackup } from './select.ts';

const backup = (name: string, startedAt: string, outcome: 'Completed' | 'Failed' | 'none' = 'Completed') =>
  ({
    metadata: { name },
    spec: { containerRef: { name: 'notes' } },
    status: { startedAt, ...(outcome === 'none' ? {} : { outcome }) },
  }) as Backup;

const backups = [
  backup('monday', '2026-06-01T02:00:00Z'),
  backup('wednesday', '2026-06-03T02:00:00Z'),
  backup('tuesday', '2026-06-02T02:00:00Z'),
  backup('broken', '2026-06-04T02:00:00Z', 'Failed'),
];
const containerRef = { name: 'notes' };

describe('the backup that is meant', () => {
  it('is the latest of the Container that completed', () => {
    expect(selectBackup({ containerRef }, backups).metadata.name).toBe('wednesday');
  });

  it('is the latest one begun at or before asOf', () => {
    expect(selectBackup({ containerRef, asOf: '2026-06-02T02:00:00Z' }, backups).metadata.name).toBe('tuesday');
  });

  it('is as many before that as offset says', () => {
    expect(selectBackup({ containerRef, offset: 2 }, backups).metadata.name).toBe('monday');
  });

  it.each([
    { containerRef, asOf: '2026-05-01T00:00:00Z' },
    { containerRef, offset: 3 },
    { containerRef: { name: 'other' } },
  ])('is never the latest instead of one that is not there: %j', (source) => {
    expect(() => selectBackup(source, backups)).toThrow(/completed backups/);
  });

  it('cannot be one that failed, and is waited for while it is under way', () => {
    expect(() => selectBackup({ backupRef: { name: 'broken' } }, backups)).toThrow(
      expect.objectContaining({ code: 'DKR_SNAPSHOT_MISSING' }),
    );
    const under = backup('under-way', '2026-06-05T02:00:00Z', 'none');
    expect(() => selectBackup({ backupRef: { name: 'under-way' } }, [under])).toThrow(
      expect.objectContaining({ code: 'DKR_DEPENDENCY_MISSING' }),
    );
  });
});

describe('what goes where', () => {
  const volumes = [
    { claim: 'data-notes-0', snapshotID: 'a' },
    { claim: 'data-notes-1', snapshotID: 'b' },
  ];

  it('goes by the names of the claims', () => {
    expect(matchVolumes(volumes, ['data-notes-1', 'data-notes-0'], undefined)).toEqual(volumes.toReversed());
  });

  it('takes one volume to one claim whatever their names', () => {
    expect(matchVolumes(volumes, ['elsewhere'], 'data-notes-1')).toEqual([{ claim: 'elsewhere', snapshotID: 'b' }]);
  });

  it('is refused, with the names there are, where a claim would get nothing', () => {
    expect(() => matchVolumes(volumes, ['elsewhere'], undefined)).toThrow(/data-notes-0, data-notes-1/);
    expect(() => matchVolumes(volumes, ['data-notes-0', 'data-notes-2'], undefined)).toThrow(/data-notes-2/);
  });

  it('goes into a claim of its own where it is only to be looked at', () => {
    expect(scratchVolumes(volumes, '3f2a', undefined)).toEqual([
      { claim: 'scratch-3f2a-0', scratchOf: 'data-notes-0', snapshotID: 'a' },
      { claim: 'scratch-3f2a-1', scratchOf: 'data-notes-1', snapshotID: 'b' },
    ]);
    expect(scratchVolumes(volumes, '3f2a', 'data-notes-1')).toMatchObject([{ scratchOf: 'data-notes-1' }]);
    expect(() => scratchVolumes(volumes, '3f2a', 'elsewhere')).toThrow(/data-notes-0, data-notes-1/);
  });

  it('has room there for what the backup holds, however little that is', () => {
    expect(scratchSize(0)).toBe('64Mi');
    expect(scratchSize(10 * 1024 ** 3)).toBe('12352Mi');
  });
});
