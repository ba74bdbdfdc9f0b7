/** What a mover says when it is given a wrong key, wrong credentials, or the way to something that is not there. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { layOutMounts } from './mounts.ts';
import { startMover } from './run-mover.ts';
import { type Trial, useTrials } from './trial.ts';
import { password } from './workbench.ts';

let trial: Trial;
useTrials((begun) => {
  trial = begun;
});

beforeEach(() => trial.create());

it('a mover fails for good when the key is wrong', async () => {
  await writeFile(join(trial.source, 'a'), 'a');
  const { exitCode, result } = await trial.backup({}, { password: 'another' });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'WrongKey', retryable: false, exitCode: 12 });
});

it('a mover fails for good when the credentials are wrong, and says which', async () => {
  const credentials = { ...trial.repository.access.credentials, secretAccessKey: 'another' };
  const { exitCode, result } = await trial.backup({ onEmptySource: 'Allow' }, { credentials });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'AuthFailed', retryable: false });
});

it('a mover names the key of a Secret that is missing', async () => {
  const { result } = await trial.backup({}, { password: '' });
  expect(result.failure).toMatchObject({
    class: 'WrongKey',
    message: expect.stringContaining('password') as string,
  });
});

it('a mover fails for good without the bucket, which it does not make', async () => {
  const { exitCode, result } = await trial.backup({}, { repository: { bucket: 'missing' } });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'BucketMissing', retryable: false });
  expect(await trial.workbench.server.client.bucketExists('missing')).toBe(false);
});

it('a mover fails for good without the repository, which it does not make', async () => {
  await writeFile(join(trial.source, 'a'), 'a');
  const { exitCode, result } = await trial.backup({}, { repository: { prefix: 'elsewhere' } });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'RepositoryMissing', retryable: false });
});

it('a mover does not write into another repository than the one that is trusted', async () => {
  await writeFile(join(trial.source, 'a'), 'a');
  const { exitCode, result } = await trial.backup({}, { repository: { id: 'f'.repeat(64) } });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'RepositoryMissing' });
});

it('a mover trusts the mark of the repository it is told, and opens one of another mark to see which it is', async () => {
  await writeFile(join(trial.source, 'a'), 'a');
  const { repositoryID: id = '', configETag = '' } = (await trial.run({ operation: 'stats' })).result;
  const backup = async (repository: object) => (await trial.backup({}, { repository })).result;
  expect(await backup({ id, configETag })).toMatchObject({ outcome: 'Succeeded', repositoryID: id });
  expect(await backup({ id, configETag: 'another' })).toMatchObject({ outcome: 'Succeeded', repositoryID: id });
  const other = { id: 'f'.repeat(64), configETag: 'another' };
  expect((await backup(other)).failure).toMatchObject({ class: 'RepositoryMissing' });
  // It did not look into it: that is what the mark is for.
  expect(await backup({ ...other, configETag })).toMatchObject({ outcome: 'Succeeded', repositoryID: other.id });
});

it('a mover may be tried again when the store does not answer', async () => {
  await trial.workbench.server.stop();
  try {
    const { exitCode, result } = await trial.backup();
    expect(exitCode).toBe(1);
    expect(result.failure).toMatchObject({ class: 'StoreUnreachable', retryable: true });
  } finally {
    await trial.workbench.server.start();
  }
});

it('a mover goes on when the store comes up late', async () => {
  await writeFile(join(trial.source, 'a'), 'a');
  await trial.workbench.server.stop();
  const running = await trial.start({ operation: 'backup', source: trial.source, host: 'h', storeWaitSeconds: 60 });
  await trial.workbench.server.start();
  expect((await running.ended).exitCode).toBe(0);
});

it('a mover refuses what is no request, and says what is wrong with it', async () => {
  const folder = await layOutMounts(trial.workbench.folder, {
    credentials: trial.repository.access.credentials,
    password,
  });
  const bad = JSON.stringify({ operation: 'backup', repository: trial.repository.access.repository });
  const { exitCode, result } = await startMover(bad, { folder, restic: trial.workbench.restic }).ended;
  expect(exitCode).toBe(2);
  expect(result).toMatchObject({ operation: 'unknown', failure: { class: 'Internal', retryable: false } });
  expect(result.failure?.message).toMatch(/host/);
});
