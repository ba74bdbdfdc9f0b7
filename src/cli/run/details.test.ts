import { describe, expect, it } from 'vitest';
import { painted, plain } from '../terminal/paint.ts';
import { details } from './details.ts';
import { backupOf, restoreOf, underWay } from './testing.ts';

const now = new Date('2026-11-23T01:02:00Z');
const options = { now, width: 100, paint: plain };
const times = { startedAt: '2026-11-23T01:00:00Z', completedAt: '2026-11-23T01:00:34Z' };

describe('a run in full', () => {
  it('has what is known of a backup, its steps, its volumes, and the files that could not be read', () => {
    const backup = backupOf({
      ...times,
      phase: 'PartiallyFailed',
      outcome: 'Completed',
      source: 'Container/notes',
      steps: [{ name: 'Store', state: 'Succeeded', ...times }],
      volumes: [
        {
          claim: 'data',
          snapshotID: 'abcdef0123',
          sizeBytes: 2048,
          storedBytes: 512,
          filesFailed: 1,
          unreadable: ['/a'],
        },
      ],
    });
    expect(details(backup, options)).toEqual([
      'Backup         notes-first',
      'Namespace      shop',
      'Phase          PartiallyFailed',
      'Begun          2026-11-23T01:00:00Z (2m ago)',
      'Ended          2026-11-23T01:00:34Z (took 34s)',
      'Of             Container/notes',
      'When deleted   its data stays in the store',
      '',
      'Steps',
      '  ✓ Store            34s',
      '',
      'Volumes',
      '  CLAIM   SNAPSHOT   SIZE    ADDED   FILES   NEW   CHANGED   UNREADABLE',
      '  data    abcdef01   2 KiB   512 B                           1',
      '',
      'Files that could not be read',
      '  data: /a',
    ]);
  });

  it('says what a restore failed of, in one line and without control codes', () => {
    const failure = {
      step: 'Restore',
      code: 'DKR_STORE_FULL',
      class: 'capacity' as const,
      message: 'the target\nis \u001b[31mfull',
    };
    const lines = details(restoreOf({ phase: 'Failed', outcome: 'Failed', failure, failureClass: 'NoSpace' }), options);
    expect(lines).toContain('Failed      at Restore: the target is full (DKR_STORE_FULL, NoSpace)');
  });

  it('paints a phase by what it means', () => {
    expect(details(underWay, { ...options, paint: painted })).toContain(
      'Phase          \u001b[36mInProgress\u001b[39m',
    );
  });
});
