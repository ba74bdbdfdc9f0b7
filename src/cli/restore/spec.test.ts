import { describe, expect, it } from 'vitest';
import { type RestoreOptions, restoreSpec } from './spec.ts';

const now = new Date('2026-11-23T01:30:00Z');
const spec = (options: Partial<RestoreOptions>) => restoreSpec({ safetyBackup: true, ...options }, now);
const toContainer = 'notes';

describe('restore create', () => {
  it('takes a backup, the latest of a Container, or a snapshot of a store', () => {
    expect(spec({ backup: 'b', toContainer })).toEqual({
      source: { backupRef: { name: 'b' } },
      target: { containerRef: { name: 'notes' } },
    });
    expect(spec({ container: 'notes', asOf: '2h', offset: 1, toClaim: 'data' })).toEqual({
      source: { containerRef: { name: 'notes' }, asOf: '2026-11-22T23:30:00Z', offset: 1 },
      target: { claimRef: { name: 'data' } },
    });
    expect(spec({ store: 'offsite', snapshot: 'abcdef01', sourceClaim: 'data', newClaim: 'n', size: '1Gi' })).toEqual({
      source: { snapshot: { storeRef: { name: 'offsite' }, id: 'abcdef01' }, claim: 'data' },
      target: { claim: { name: 'n', size: '1Gi' } },
    });
  });

  it('without a safety backup has no way back, and says so in the spec', () => {
    expect(spec({ backup: 'b', toContainer, safetyBackup: false })).toMatchObject({
      safetyBackup: false,
      rollbackOnFailure: false,
    });
  });

  it.each<[string, Partial<RestoreOptions>]>([
    ['nothing says what to bring back', { toContainer }],
    ['--backup and --container are 2 sources', { backup: 'b', container: 'c', toContainer }],
    ['write --store NAME --snapshot ID', { snapshot: 'abcdef01', toContainer }],
    ['--as-of chooses among the backups of a Container', { backup: 'b', asOf: '2h', toContainer }],
    ['nothing says where to', { backup: 'b' }],
    ['--to-container and --to-claim are 2 targets', { backup: 'b', toContainer, toClaim: 'd' }],
    ['write --size too', { backup: 'b', newClaim: 'n' }],
    ['--size is about a claim that is made', { backup: 'b', toClaim: 'd', size: '1Gi' }],
    ['--no-safety-backup is about a restore in place', { backup: 'b', toClaim: 'd', safetyBackup: false }],
  ])('refuses, since %s', (message, options) => {
    expect(() => spec(options)).toThrow(message);
  });
});
