/** What becomes of a backup whose source cannot be read, or is empty, and of one whose data is not safe. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import { type Trial, useTrials } from './trial.ts';
import { unprivilegedRestic } from './workbench.ts';

let trial: Trial;
useTrials((begun) => {
  trial = begun;
});

beforeEach(() => trial.create());

describe('a backup of a source it may not read all of', () => {
  let restic: string;
  beforeEach(async () => {
    restic = await unprivilegedRestic(trial.workbench);
    await writeFile(join(trial.source, 'readable'), 'for all');
    await writeFile(join(trial.source, 'secret'), 'for one', { mode: 0o600 });
  });

  it('fails, with the names of the files and the id of the snapshot that is not whole', async () => {
    const { exitCode, result } = await trial.backup({}, { restic });
    expect(exitCode).toBe(2);
    expect(result).toMatchObject({
      outcome: 'Failed',
      snapshotID: expect.any(String) as string,
      unreadable: [join(trial.source, 'secret')],
      stats: { filesFailed: 1, filesTotal: 1 },
      failure: { class: 'SourceUnreadable', retryable: false },
    });
  });

  it('is partial when that is allowed, and what it has is verified', async () => {
    const { exitCode, result } = await trial.backup({ onUnreadableFiles: 'Warn' }, { restic });
    expect(exitCode).toBe(3);
    expect(result).toMatchObject({
      outcome: 'Partial',
      unreadable: [join(trial.source, 'secret')],
      verification: { result: 'Passed' },
    });
    expect(result.failure).toBeUndefined();
  });
});

it('a backup of nothing fails, warns or is done, as the request says', async () => {
  const refused = await trial.backup();
  expect(refused).toMatchObject({ exitCode: 2, result: { failure: { class: 'SourceEmpty', retryable: false } } });
  const warned = await trial.backup({ onEmptySource: 'Warn' });
  expect(warned).toMatchObject({ exitCode: 0, result: { warnings: [expect.stringContaining('no file') as string] } });
  const allowed = await trial.backup({ onEmptySource: 'Allow' });
  expect(allowed.exitCode).toBe(0);
  expect(allowed.result.warnings).toBeUndefined();
});

it('a backup of a source whose every file is excluded fails too', async () => {
  await writeFile(join(trial.source, 'a.log'), 'a');
  const { exitCode, result } = await trial.backup({ exclude: ['*.log'] });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'SourceEmpty' });
});

it('a backup does not pass for whole when data that it relies on is gone', async () => {
  await writeFile(join(trial.source, 'a'), incompressible(1 << 20));
  await trial.made();
  await trial.repository.loseData();
  const { exitCode, result } = await trial.backup();
  expect(exitCode).toBe(2);
  expect(result).toMatchObject({ outcome: 'Failed', failure: { class: 'RepositoryCorrupt' } });
  expect(result.verification?.result).toBe('Failed');
});
