import { expect, it } from 'vitest';
import { type MoverResult, moverResult, resultLimit } from '#contracts/mover/result.ts';
import { fitResult } from './result-writer.ts';

const id = 'a'.repeat(64);

const small: MoverResult = { operation: 'backup', outcome: 'Succeeded', durationMs: 1, snapshotID: id };

function fitted(result: MoverResult): MoverResult {
  const text = fitResult(result);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(resultLimit);
  return moverResult.parse(JSON.parse(text));
}

it('leaves a small result as it is', () => {
  expect(fitted(small)).toEqual(small);
});

it('keeps the outcome, the snapshot and the message when everything else is too long', () => {
  const result = fitted({
    ...small,
    outcome: 'Failed',
    failure: {
      class: 'Internal',
      message: 'what went wrong',
      retryable: true,
      exitCode: 1,
      stderrTail: 'noise\n'.repeat(5000),
    },
    unreadable: Array.from({ length: 500 }, (_, index) => `/data/${'ö'.repeat(300)}${index}`),
    warnings: Array.from({ length: 500 }, () => 'w'.repeat(500)),
  });
  expect(result).toMatchObject({ outcome: 'Failed', snapshotID: id });
  expect(result.failure).toMatchObject({ class: 'Internal', message: 'what went wrong', exitCode: 1 });
});

it('drops what the engine said before it drops the names of files', () => {
  const unreadable = Array.from({ length: 20 }, (_, index) => `/data/${'x'.repeat(80)}${index}`);
  const stderrTail = 'noise\n'.repeat(1000);
  const result = fitted({
    ...small,
    unreadable,
    failure: { class: 'SourceUnreadable', message: 'no', retryable: false, stderrTail },
  });
  expect(result.unreadable).toEqual(unreadable);
});

it('keeps the end of what the engine said', () => {
  const stderrTail = `${'noise\n'.repeat(2000)}the reason`;
  const result = fitted({ ...small, failure: { class: 'Internal', message: 'no', retryable: true, stderrTail } });
  expect(result.failure?.stderrTail).toMatch(/the reason$/);
});

it('keeps the newest snapshots of a long list and the count of all', () => {
  const snapshots = Array.from({ length: 1000 }, (_, index) => ({
    id: `${index}`.padEnd(64, '0'),
    time: '2026-11-22T10:00:00Z',
    host: 'team/notes-data',
    tags: ['dokkerr.io/backup=1'],
    paths: ['/data'],
  }));
  const result = fitted({ ...small, operation: 'snapshots', snapshots, snapshotCount: 1000 });
  expect(result.snapshotCount).toBe(1000);
  expect(result.snapshots?.length).toBeGreaterThan(10);
  expect(result.snapshots).toEqual(snapshots.slice(0, result.snapshots?.length));
});

it('shortens a message that alone is too long', () => {
  const message = '…'.repeat(3000);
  const result = fitted({ ...small, failure: { class: 'Internal', message, retryable: true } });
  expect(result.failure?.message.length).toBeGreaterThan(100);
});
