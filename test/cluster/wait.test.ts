import { describe, expect, it } from 'vitest';
import { waitUntil } from './wait.ts';

describe('waiting for a condition', () => {
  it('ends with the condition', async () => {
    let asked = 0;
    await waitUntil('three', () => ++asked === 3, { timeoutMs: 5000, intervalMs: 1 });
    expect(asked).toBe(3);
  });

  it('gives the last reason when the time is up', async () => {
    const condition = () => Promise.reject(new Error('connection refused'));
    const waiting = waitUntil('etcd ready', condition, { timeoutMs: 30, intervalMs: 5 });
    await expect(waiting).rejects.toThrow('etcd ready not within 0.03 s: connection refused');
  });

  it('ends with the reason of whoever aborts it', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(waitUntil('never', () => false, { timeoutMs: 5000, signal })).rejects.toThrow('interrupted');
  });
});
