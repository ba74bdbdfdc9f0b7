import { describe, expect, it } from 'vitest';
import { details } from '../run/details.ts';
import { endingOf } from '../run/ending.ts';
import { migrationOf } from '../run/testing.ts';
import { isSettled } from '../run/types.ts';
import { plain } from '../terminal/paint.ts';
import { lines } from './plan.ts';
import { objection } from './plan-lines.ts';

const now = new Date('2026-11-23T01:02:00Z');
const times = { startedAt: '2026-11-23T01:00:00Z', completedAt: '2026-11-23T01:01:34Z' };
const plan = {
  volumes: [
    {
      claim: 'data-notes-0',
      volume: 'pvc-1',
      target: 'data-notes-0',
      fromClass: 'standard',
      toClass: 'fast',
      fromSize: '10Gi',
      toSize: '20Gi',
      bytes: 3 << 20,
    },
  ],
  workloads: [{ kind: 'Container' as const, name: 'notes', replicas: 1 }],
  expectedDowntimeSeconds: 14,
  estimatedFrom: '1 % of 3 MiB changing between the passes',
  warnings: ['the class binds at the first pod'],
};
const told = { source: 'Container/notes', target: 'class fast', plan };
const verification = {
  result: 'Passed',
  mode: 'Sample',
  filesCompared: 12,
  bytesRead: 9,
  at: times.startedAt,
} as const;
const failure = { step: 'Resume', code: 'DKR_RUN_FAILED', class: 'permanent' as const, message: 'not Ready in 10m' };
const downtime = { startedAt: times.startedAt, endedAt: '2026-11-23T01:00:12Z', seconds: 12 };

describe('a plan', () => {
  it('is a table of volumes with who stands still, for about how long, and what to know', () => {
    expect(lines(migrationOf({ ...told, phase: 'Planned', outcome: 'Completed' }), plain)).toEqual([
      'Of               Container/notes',
      'To               class fast',
      'Used by          Container notes (1 pod)',
      'Downtime         about 14s',
      'Estimated from   1 % of 3 MiB changing between the passes',
      '',
      'CLAIM          FROM       SIZE   TO     SIZE   DATA    CLAIM THEN',
      'data-notes-0   standard   10Gi   fast   20Gi   3 MiB   data-notes-0',
      '',
      'Warnings',
      '  - the class binds at the first pod',
      '',
      'Nothing was changed. Begin it with the same options: dokkerr migration start',
    ]);
  });

  it('is refused with what it failed of, and at once with what it would only wait for', () => {
    expect(objection(migrationOf({ failure }))).toBe('not Ready in 10m');
    const planning = { name: 'Plan', state: 'Running' as const };
    const message = 'StorageClass fast does not exist';
    expect(objection(migrationOf({ steps: [{ ...planning, message }] }))).toBe(message);
    expect(objection(migrationOf({ steps: [planning] }))).toBeUndefined();
  });
});

describe('the end of a migration', () => {
  it('is exit code 0 once the application runs on the new volume, with the time it stood still and the way back', () => {
    const switched = migrationOf({ ...told, phase: 'Switched', downtime, pointOfNoReturn: '2026-11-24T01:00:12Z' });
    expect(isSettled(switched)).toBe(true);
    expect(endingOf(switched)).toEqual({
      sentence:
        'Migration notes-moved Switched, the application stood still for 12s, the old volume is kept until 2026-11-24T01:00:12Z; go back with: dokkerr migration rollback notes-moved -n shop',
      exitCode: 0,
    });
  });

  it('counts what was compared', () => {
    const completed = migrationOf({ ...times, phase: 'Completed', outcome: 'Completed', downtime, verification });
    expect(endingOf(completed)).toEqual({
      sentence:
        'Migration notes-moved Completed in 94s, the application stood still for 12s, 12 files compared (Sample)',
      exitCode: 0,
    });
  });

  it('is exit code 1 for one that went back, and says why: a failure, or somebody who asked', () => {
    const back = { ...times, phase: 'RolledBack', outcome: 'RolledBack' } as const;
    expect(endingOf(migrationOf({ ...back, failure }))).toEqual({
      sentence: 'Migration notes-moved RolledBack, the data of before is back: at Resume: not Ready in 10m',
      exitCode: 1,
    });
    expect(endingOf(migrationOf(back)).sentence).toBe(
      'Migration notes-moved RolledBack, the data of before is back, as was asked for',
    );
  });
});

describe('a migration in full', () => {
  it('has its plan, what became of it, and the volumes that stay', () => {
    const retainedVolumes = [
      { name: 'pvc-2', claim: 'shop/data-notes-0', reason: 'the application has written to it' },
    ];
    const shown = details(
      migrationOf({
        ...times,
        ...told,
        phase: 'RolledBack',
        outcome: 'RolledBack',
        downtime,
        failure,
        retainedVolumes,
      }),
      { now, width: 100, paint: plain },
    );
    expect(shown).toContain('Expected downtime   about 14s');
    expect(shown).toContain('Downtime            12s');
    expect(shown).toContain('  data-notes-0   standard   10Gi   fast   20Gi   3 MiB   data-notes-0');
    expect(shown).toContain('  pvc-2 (of shop/data-notes-0): the application has written to it');
    expect(shown).toContain('Failed              at Resume: not Ready in 10m (DKR_RUN_FAILED)');
  });

  it('says what to type while it waits for approval', () => {
    const waiting = migrationOf({ phase: 'AwaitingApproval' }, { requireApproval: true });
    expect(details(waiting, { now, width: 100, paint: plain })).toContain(
      'Approval    waits for it: dokkerr migration approve notes-moved -n shop',
    );
  });
});
