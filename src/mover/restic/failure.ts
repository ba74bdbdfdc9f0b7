/**
 * What restic's exit code means, one by one (https://restic.readthedocs.io/en/v0.19.1/075_scripting.html#exit-codes), and for
 * the code that means anything, what its last words do. The words are restic's own and those of its S3 library.
 */
import { RunFailure } from '#contracts/mover/failure.ts';
import type { FailureClass } from '#crds/schema/failure-class.ts';
import { errorLine, parseLine } from './messages.ts';
import type { ResticEnd } from './process.ts';

/** How S3 stores, and MinIO in its own words, say that nothing more goes in. */
const storeFull = /StorageFull|QuotaExceeded|minimum free drive threshold/i;

/**
 * Takes each line of standard error, and throws when it tells of a full store: restic goes on trying for a quarter of an
 * hour, and a store that is full stays so until somebody does something.
 */
export function refuseFullStore(line: string): void {
  if (!storeFull.test(line)) return;
  throw new RunFailure('NoSpace', 'the store is full: make room in it, or raise its quota', { stderrTail: line });
}

/** Words of an error that has no exit code of its own, by class; the first row that matches counts. */
const words: readonly (readonly [RegExp, FailureClass, string])[] = [
  [/no space left on device|disk quota exceeded/i, 'NoSpace', 'a volume is full'],
  [storeFull, 'NoSpace', 'the store is full'],
  [/no matching ID found|(load|find) snapshot.*does not exist/i, 'SnapshotMissing', 'there is no such snapshot'],
  [/NoSuchBucket|specified bucket does not exist/i, 'BucketMissing', 'there is no such bucket'],
  [/RequestTimeTooSkewed/i, 'ClockSkewed', 'the clocks of store and mover differ too much'],
  [
    /AccessDenied|Access Denied|InvalidAccessKeyId|Access Key Id you provided|SignatureDoesNotMatch|ExpiredToken|InvalidToken/i,
    'AuthFailed',
    'the store refused the credentials',
  ],
  [
    /repository contains errors|data seems to be missing|missing from the repository|ciphertext verification failed|invalid data returned|not found in (repo|index)|specified key does not exist|unexpected pack|pack .* (missing|does not exist)|hash mismatch|wrong (data|plaintext) returned|unable to load tree|invalid index/i,
    'RepositoryCorrupt',
    'the repository is damaged',
  ],
  [
    /connection (refused|reset)|no such host|i\/o timeout|dial tcp|TLS handshake|x509|EOF$|server misbehaving|network is unreachable|SlowDown|InternalError|ServiceUnavailable/i,
    'StoreUnreachable',
    'the store did not answer',
  ],
];

/** The failure of a run that did not end with 0 or, for a backup, 3. */
export function resticFailure({ exitCode, stderrTail }: ResticEnd): RunFailure {
  const detail = { exitCode, stderrTail };
  const said = lastWords(stderrTail);
  switch (exitCode) {
    case 10:
      return new RunFailure('RepositoryMissing', 'there is no repository in that folder of the bucket', detail);
    case 11:
      return new RunFailure('RepositoryLocked', `the repository is locked: ${said}`, detail);
    case 12:
      return new RunFailure('WrongKey', 'the repository does not open with this key', detail);
    case 130:
      return new RunFailure('Canceled', 'canceled', detail);
    // Only a backup and a removal of snapshots end so, and a backup's is no failure of restic's.
    case 3:
      return new RunFailure('StoreUnreachable', `not everything could be done: ${said}`, detail);
    default: {
      const found =
        words.find(([pattern]) => pattern.test(said)) ?? words.find(([pattern]) => pattern.test(stderrTail));
      if (found === undefined) return new RunFailure('Internal', `restic: ${said}`, detail);
      const [, failureClass, sentence] = found;
      return new RunFailure(failureClass, `${sentence}: ${said}`, detail);
    }
  }
}

/** The message restic ended with; the last line where there is none. */
export function lastWords(stderrTail: string): string {
  const lines = stderrTail.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines.toReversed()) {
    const message = parseLine(errorLine, line);
    if (message?.message_type === 'exit_error') return firstLine(message.message);
  }
  return firstLine(lines.at(-1) ?? 'it said nothing');
}

/** What follows the first line is a stack of Go's. */
function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/^(Fatal: )+/, '');
}
