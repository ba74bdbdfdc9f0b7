import { describe, expect, it } from 'vitest';
import type { BackupStore, BackupStoreStatus } from '#crds/backup-store.ts';
import { stateConditions } from './conditions.ts';

function said(type: string, status: BackupStoreStatus, more: object = {}): string {
  // Sound: of the spec only what stands here is read.
  const spec = { accessMode: 'ReadWrite', maintenance: { suspend: false }, ...more } as BackupStore['spec'];
  const found = stateConditions({ spec, status }).find((condition) => condition.type === type);
  return `${found?.status} ${found?.reason}: ${found?.message}`;
}

describe('a store', () => {
  it('is healthy once a check has passed, and not before', () => {
    expect(said('RepositoryHealthy', {})).toContain('Unknown NotChecked');
    expect(said('RepositoryHealthy', { lastCheckResult: 'Passed', lastCheckedAt: 'today' })).toContain('True');
  });

  it('found damaged says what was found by its code, and once the index is mended what helps', () => {
    const status: BackupStoreStatus = {
      lastCheckResult: 'Failed',
      lastCheckedAt: '2026-01-02T00:00:00Z',
      check: { message: 'pack 4f2c is gone' },
    };
    expect(said('RepositoryHealthy', status)).toBe(
      'False RepositoryCorrupt: DKR_REPOSITORY_CORRUPT: pack 4f2c is gone',
    );
    const mended = said('RepositoryHealthy', { ...status, lastRepairedAt: '2026-01-02T00:01:00Z' });
    expect(mended).toContain('the next backup stores again');
    expect(said('RepositoryHealthy', { ...status, lastRepairedAt: '2026-01-01T00:00:00Z' })).not.toContain('next');
  });

  it('whose clock is another says that nothing is removed meanwhile', () => {
    expect(said('ClockSynchronized', {})).toContain('Unknown');
    expect(said('ClockSynchronized', { clockSkewSeconds: 2 })).toContain('True');
    expect(said('ClockSynchronized', { clockSkewSeconds: 400 })).toMatch(/^False ClockSkewed: .*nothing is pruned/);
  });

  it('is not looked after when a task fails or is held, and says which', () => {
    expect(said('Maintained', {})).toContain('True OnSchedule');
    expect(said('Maintained', { prune: { failure: 'NoSpace', failures: 2, message: 'it is full' } })).toBe(
      'False NoSpace: prune failed 2 times: it is full',
    );
    expect(said('Maintained', { prune: { held: 'the repository is damaged' } })).toContain('False Held: prune');
    expect(said('Maintained', {}, { maintenance: { suspend: true } })).toContain('True Suspended');
    expect(said('Maintained', {}, { accessMode: 'ReadOnly' })).toContain('True ReadOnly');
  });
});
