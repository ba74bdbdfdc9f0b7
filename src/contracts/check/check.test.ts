import { describe, expect, it } from 'vitest';
import type { Check } from '#crds/run/check.ts';
import type { Job, Pod } from '#runtime/client/kinds.ts';
import { buildCheckJob, type CheckRun } from './job.ts';
import { verdictOf } from './verdict.ts';

const check: Check = { image: 'postgres:18', args: ['check'], timeoutSeconds: 60 };
const claim = { claim: 'scratch-1-0', of: 'data-db-0' };
const run: CheckRun = { name: 'check-0', check, claims: [claim], writable: true, runAs: { user: 999, fsGroup: 999 } };

const podSpec = (more: Partial<CheckRun> = {}) => buildCheckJob({ ...run, ...more }).spec?.template.spec;
const mounts = (more: Partial<CheckRun>) => podSpec(more)?.containers[0]?.volumeMounts;

describe("a check's Job", () => {
  it('fits a restricted namespace, has no token, and runs as whom the data belongs to', () => {
    expect(podSpec()).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    });
  });

  it('sees one claim at /data, and several each in a folder of the name the backup knows it by', () => {
    expect(mounts({})).toContainEqual({ name: 'data-0', mountPath: '/data' });
    expect(mounts({ claims: [claim, { claim: 'scratch-1-1', of: 'data-db-1' }] })).toEqual([
      { name: 'data-0', mountPath: '/data/data-db-0' },
      { name: 'data-1', mountPath: '/data/data-db-1' },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
  });

  it('cannot change data that stays', () => {
    expect(mounts({ writable: false })).toContainEqual({ name: 'data-0', mountPath: '/data', readOnly: true });
  });
});

describe('a verdict', () => {
  const job = { metadata: { name: 'check-0', creationTimestamp: '2026-06-01T00:00:00Z' } } as Job;
  const now = new Date('2026-06-01T00:00:10Z');
  const ended = (exitCode: number, message?: string) =>
    ({ status: { containerStatuses: [{ name: 'check', state: { terminated: { exitCode, message } } }] } }) as Pod;

  it('is the exit code, with the last line and the last lines of what was said', () => {
    expect(verdictOf(job, ended(3, 'looking\nrows are missing\n'), check, now)).toEqual({
      kind: 'ended',
      result: { exitCode: 3, said: 'rows are missing', tail: 'looking\nrows are missing' },
    });
    expect(verdictOf(job, ended(0), check, now)).toEqual({
      kind: 'ended',
      result: { exitCode: 0, said: '', tail: '' },
    });
  });

  it('is none while the program runs, and none when its pod was lost', () => {
    expect(verdictOf(job, undefined, check, now)).toMatchObject({ kind: 'starting' });
    expect(verdictOf(job, { status: { phase: 'Running' } } as Pod, check, now)).toMatchObject({ kind: 'running' });
    const lost = { status: { phase: 'Failed', message: 'evicted' } } as Pod;
    expect(verdictOf(job, lost, check, now)).toMatchObject({ kind: 'lost', failure: { retryable: true } });
  });

  it('that did not come in time is a failure that says so', () => {
    const late = {
      ...job,
      status: { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] },
    } as Job;
    expect(verdictOf(late, undefined, check, now)).toMatchObject({
      kind: 'lost',
      failure: { class: 'Deadline', message: 'the pod did not end within 60 s' },
    });
  });
});
