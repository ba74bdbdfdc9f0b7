import { describe, expect, it } from 'vitest';
import { endingOf } from './ending.ts';
import { backupOf, restoreOf } from './testing.ts';

const times = { startedAt: '2026-11-23T01:00:00Z', completedAt: '2026-11-23T01:00:34Z' };
const failure = {
  step: 'Store',
  code: 'DKR_STORE_FULL',
  class: 'capacity' as const,
  message: 'the bucket is full: make room',
};

describe('the end of a run', () => {
  it('is exit code 0 for a backup that completed, with what was stored and how it was proven', () => {
    const verification = { result: 'Passed', mode: 'Data', bytesRead: 5, at: times.completedAt } as const;
    const backup = backupOf({
      ...times,
      outcome: 'Completed',
      phase: 'Completed',
      size: '2.1 GiB',
      added: '12 MiB',
      verification,
    });
    expect(endingOf(backup)).toEqual({
      sentence: 'Backup notes-first Completed in 34s, 2.1 GiB in all, 12 MiB added, verified (Data)',
      exitCode: 0,
    });
  });

  it('is exit code 3 for one that lacks files, with the first of their names', () => {
    const volumes = [{ claim: 'data', filesFailed: 4, unreadable: ['/a', '/b', '/c', '/d'] }];
    const backup = backupOf({ ...times, outcome: 'Completed', phase: 'PartiallyFailed', volumes });
    expect(endingOf(backup)).toEqual({
      sentence: 'Backup notes-first PartiallyFailed in 34s, 4 files could not be read: /a, /b, /c and others',
      exitCode: 3,
    });
  });

  it('is exit code 1 for one that failed, with the step, the class and the cure', () => {
    const backup = backupOf({ ...times, outcome: 'Failed', phase: 'Failed', failure, failureClass: 'NoSpace' });
    expect(endingOf(backup)).toEqual({
      sentence: 'Backup notes-first Failed at Store (NoSpace): the bucket is full: make room',
      exitCode: 1,
    });
  });

  it('is exit code 1 for a restore that was rolled back, and says that the old data is there', () => {
    const restore = restoreOf({ ...times, outcome: 'RolledBack', phase: 'RolledBack', failure });
    expect(endingOf(restore)).toEqual({
      sentence: 'Restore notes-back RolledBack, the data of before is back: at Store: the bucket is full: make room',
      exitCode: 1,
    });
  });

  it('counts the files of a restore that were compared', () => {
    const verification = {
      result: 'Passed',
      mode: 'Stats',
      filesExpected: 2,
      filesFound: 2,
      bytesRead: 0,
      at: times.completedAt,
    } as const;
    const restore = restoreOf({ ...times, outcome: 'Completed', phase: 'Completed', verification });
    expect(endingOf(restore).sentence).toBe('Restore notes-back Completed in 34s, 2 files compared (Stats)');
  });
});
