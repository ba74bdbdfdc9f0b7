import { describe, expect, it } from 'vitest';
import { resticFailure } from './failure.ts';

const said = (message: string, code = 1) => JSON.stringify({ message_type: 'exit_error', code, message });

describe('an exit code of its own', () => {
  it.each([
    [10, 'RepositoryMissing', false],
    [11, 'RepositoryLocked', true],
    [12, 'WrongKey', false],
    [130, 'Canceled', false],
  ])('%i is %s', (exitCode, failureClass, retryable) => {
    expect(resticFailure({ exitCode, stderrTail: '' })).toMatchObject({ class: failureClass, retryable, exitCode });
  });
});

describe('the code that means anything is told by the last words', () => {
  it.each([
    [
      'Fatal: unable to save snapshot: Save(<data/1>): client.PutObject: Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.',
      'NoSpace',
    ],
    ['Fatal: unable to create temporary file: write /cache/x: no space left on device', 'NoSpace'],
    ['Fatal: failed to find snapshot: no matching ID found for prefix "abc"', 'SnapshotMissing'],
    [
      'Fatal: unable to open config file: Stat: The Access Key Id you provided does not exist in our records.',
      'AuthFailed',
    ],
    ['Fatal: repository contains errors', 'RepositoryCorrupt'],
    [
      'Fatal: unable to open config file: Get "https://store:9000/": dial tcp: connect: connection refused',
      'StoreUnreachable',
    ],
    ['failed to load snapshot ffffffff: The specified key does not exist.', 'SnapshotMissing'],
    ['failed to load snapshot ffffffff: ciphertext verification failed', 'RepositoryCorrupt'],
    ['Fatal: something never heard of', 'Internal'],
  ])('%s', (message, failureClass) => {
    expect(resticFailure({ exitCode: 1, stderrTail: `progress\n${said(message)}` }).class).toBe(failureClass);
  });

  it('and by what was said before where they tell nothing', () => {
    const stderrTail = `Load(<data/12>) returned error: ciphertext verification failed\n${said('Fatal: it did not work')}`;
    expect(resticFailure({ exitCode: 1, stderrTail })).toMatchObject({ class: 'RepositoryCorrupt', stderrTail });
  });

  it('shows a person the first line, without the stack of the program', () => {
    const { message } = resticFailure({ exitCode: 1, stderrTail: said('Fatal: broken\nmain.go:12\nmain.go:14') });
    expect(message).toBe('restic: broken');
  });
});
