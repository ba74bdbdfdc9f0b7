import { describe, expect, it } from 'vitest';
import type { BackupStore } from '#crds/backup-store.ts';
import { isHandled, maintenanceEnd, taskNews } from './task.ts';

function storeOf(status: NonNullable<BackupStore['status']>): BackupStore {
  // Sound: nothing here reads the spec.
  const spec = {} as BackupStore['spec'];
  return { apiVersion: 'dokkerr.io/v1alpha1', kind: 'BackupStore', metadata: { name: 'offsite' }, spec, status };
}

describe('maintenance that was asked for', () => {
  it('has ended once its own request was handled, not an earlier one', () => {
    const store = storeOf({ check: { handledRequest: 'monday' } });
    expect(isHandled(store, 'check', 'monday')).toBe(true);
    expect(isHandled(store, 'check', 'tuesday')).toBe(false);
    expect(isHandled(store, 'prune', 'monday')).toBe(false);
  });

  it('tells what it does or waits for, once', () => {
    const waiting = storeOf({ prune: { underWay: 'waits for a check' } });
    expect(taskNews(undefined, waiting, 'prune')).toEqual(['prune: waits for a check']);
    expect(taskNews(waiting, storeOf({ prune: { underWay: 'waits for a check' } }), 'prune')).toEqual([]);
    expect(taskNews(waiting, storeOf({ prune: { held: 'damage' } }), 'prune')).toEqual(['prune: held: damage']);
    expect(taskNews(waiting, storeOf({}), 'prune')).toEqual([]);
  });

  it('ends with exit code 1 for damage and for a check that could not be made, and with 0 for a whole repository', () => {
    const ends = [
      storeOf({ check: { message: '2 packs are gone' }, lastCheckResult: 'Failed' }),
      storeOf({ check: { failure: 'StoreUnreachable', message: 'no answer' }, lastCheckResult: 'Passed' }),
      storeOf({ check: {}, lastCheckResult: 'Passed' }),
    ].map((store) => maintenanceEnd(store, 'check'));
    expect(ends).toEqual([
      { sentence: 'BackupStore offsite is damaged: 2 packs are gone', exitCode: 1 },
      { sentence: 'the check of BackupStore offsite failed (StoreUnreachable): no answer', exitCode: 1 },
      { sentence: 'BackupStore offsite is whole', exitCode: 0 },
    ]);
  });
});
