import { describe, expect, it } from 'vitest';
import type { Job, Pod } from '#runtime/client/kinds.ts';
import { moverState } from './state.ts';

const now = new Date('2026-06-01T12:00:00Z');
const policy = { backoffLimit: 2, activeDeadlineSeconds: 3600, podStartupDeadlineSeconds: 300 };

const job = (condition?: { type: string; reason?: string }, createdAt = '2026-06-01T11:59:00Z') =>
  ({
    metadata: { name: 'store-0', creationTimestamp: createdAt },
    status: condition === undefined ? {} : { conditions: [{ status: 'True', ...condition }] },
  }) as Job;

const pod = (status: object) => ({ metadata: { name: 'store-0-abcde' }, status }) as Pod;
const terminated = (message: string | undefined, exitCode = 0) =>
  pod({
    phase: 'Failed',
    containerStatuses: [{ name: 'mover', state: { terminated: { exitCode, reason: 'Error', message } } }],
  });

const result = { operation: 'backup', outcome: 'Succeeded', durationMs: 10, snapshotID: 'abc' };

const containing = (text: string): unknown => expect.stringContaining(text);

describe('the state of a mover', () => {
  it('is the result its pod left, whatever the Job says', () => {
    const left = terminated(JSON.stringify(result));
    expect(moverState(job({ type: 'Failed' }), left, policy, now)).toEqual({ kind: 'ended', result });
  });

  it.each([undefined, '', 'killed', '{"outcome":"Succeeded"}'])(
    'is lost when it left %j in place of a result',
    (message) => {
      expect(moverState(job(), terminated(message, 137), policy, now)).toMatchObject({
        kind: 'lost',
        failure: { class: 'MoverLost', retryable: true, message: containing('137') },
      });
    },
  );

  it('is lost, to be tried again, when somebody else than the run ended its pod', () => {
    const failure = { class: 'Canceled', message: 'ended by SIGTERM', retryable: false };
    const drained = terminated(JSON.stringify({ ...result, outcome: 'Failed', failure }), 130);
    expect(moverState(job(), drained, policy, now)).toMatchObject({
      kind: 'lost',
      failure: { class: 'MoverLost', retryable: true },
    });
  });

  it('is lost when the Job failed and the pod is gone', () => {
    expect(moverState(job({ type: 'Failed', reason: 'BackoffLimitExceeded' }), undefined, policy, now)).toMatchObject({
      kind: 'lost',
      failure: { class: 'MoverLost' },
    });
  });

  it('has passed its deadline when the Job says so', () => {
    const late = job({ type: 'Failed', reason: 'DeadlineExceeded' });
    const failure = { class: 'Canceled', message: 'ended by SIGTERM', retryable: false };
    const ended = terminated(JSON.stringify({ ...result, outcome: 'Failed', failure }), 130);
    for (const pod of [undefined, ended]) {
      expect(moverState(late, pod, policy, now)).toMatchObject({
        failure: { class: 'Deadline', message: containing('3600 s') },
      });
    }
  });

  it('is starting, with the reason, while no node takes it, and given up after its time', () => {
    const unscheduled = pod({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
    });
    expect(moverState(job(), unscheduled, policy, now)).toMatchObject({
      kind: 'starting',
      message: containing('0/3 nodes'),
    });
    expect(moverState(job(undefined, '2026-06-01T11:54:59Z'), unscheduled, policy, now)).toMatchObject({
      kind: 'lost',
      failure: { class: 'Unschedulable', message: containing('0/3 nodes') },
    });
  });

  it('is running for as long as it runs', () => {
    const running = pod({ phase: 'Running', containerStatuses: [{ name: 'mover', state: { running: {} } }] });
    expect(moverState(job(undefined, '2026-05-01T00:00:00Z'), running, policy, now).kind).toBe('running');
  });
});
