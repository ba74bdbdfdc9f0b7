import { describe, expect, it } from 'vitest';
import { failedAttempt } from './attempt.ts';

const lost = { class: 'MoverLost', message: 'the pod is gone', retryable: true } as const;
const wrongKey = { class: 'WrongKey', message: 'another password', retryable: false } as const;
const denied = { class: 'AuthFailed', message: 'wrong secret key', retryable: false } as const;

describe('a failed mover', () => {
  it('is tried again under another name while attempts are left', () => {
    expect(failedAttempt(lost, 0, 2)).toMatchObject({ kind: 'fail', spent: true, error: { code: 'DKR_MOVER_LOST' } });
    expect(failedAttempt(lost, 1, 2)).toMatchObject({ spent: true });
  });

  it('ends the run when the attempts are used up, saying how many there were and of what it failed', () => {
    const end = failedAttempt(lost, 2, 2);
    expect(end).toMatchObject({ error: { class: 'permanent', reason: 'MoverLost' } });
    expect(end).not.toHaveProperty('spent');
    expect(end).toMatchObject({ error: { message: 'after 3 attempts: the pod is gone' } });
  });

  it.each([wrongKey, denied])('ends the run at once when the same again cannot work: $class', (failure) => {
    expect(failedAttempt(failure, 0, 2)).toMatchObject({ error: { class: 'permanent', reason: failure.class } });
  });

  it('tells the last line of what the engine said, where that says more', () => {
    const end = failedAttempt({ ...wrongKey, stderrTail: 'trying\nFatal: wrong password\n' }, 0, 0);
    expect(end).toMatchObject({ error: { message: 'another password (Fatal: wrong password)' } });
  });
});
