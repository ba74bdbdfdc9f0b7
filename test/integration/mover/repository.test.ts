/** What movers do to a repository as a whole. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import { type Trial, useTrials } from './trial.ts';

let trial: Trial;
useTrials((begun) => {
  trial = begun;
});

it('a repository is made once, and taken when it is there already', async () => {
  const first = await trial.run({ operation: 'init' });
  const second = await trial.run({ operation: 'init' });
  expect(first).toMatchObject({ exitCode: 0, result: { repositoryID: expect.any(String) as string } });
  expect(second.result).toMatchObject({
    repositoryID: first.result.repositoryID,
    keyID: first.result.keyID,
    outcome: 'Succeeded',
  });
  expect((await trial.run({ operation: 'init' }, { password: 'another' })).result.failure?.class).toBe('WrongKey');
});

it('a repository that was trusted and is gone is never made anew', async () => {
  const { exitCode, result } = await trial.run({ operation: 'init' }, { repository: { id: 'f'.repeat(64) } });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'RepositoryMissing' });
  expect(await trial.repository.storedBytes()).toBe(0);
});

it('a repository is listed to the last snapshot on the log, and counted in the result', async () => {
  await trial.create();
  await writeFile(join(trial.source, 'a'), 'a');
  for (const tag of ['one', 'two', 'three']) await trial.made({ tags: [tag], verify: { mode: 'None' } });
  const { result, lines } = await trial.run({ operation: 'snapshots' });
  expect(result.snapshotCount).toBe(3);
  expect(lines.filter(({ type }) => type === 'snapshot')).toHaveLength(3);
  expect(result.snapshots?.map(({ tags }) => tags)).toEqual([['three'], ['two'], ['one']]);
});

it('a repository is weighed, loses a snapshot and gives back its room', async () => {
  await trial.create();
  await writeFile(join(trial.source, 'a'), incompressible(2 << 20));
  const snapshotID = await trial.made({ compression: 'None' });
  const forgotten = await trial.run({ operation: 'forget', snapshotIDs: [snapshotID] });
  expect(forgotten).toMatchObject({ exitCode: 0, result: { snapshotCount: 0 } });
  const before = (await trial.run({ operation: 'stats' })).result;
  expect(before).toMatchObject({ snapshotCount: 0, keyID: expect.any(String) as string });
  const { result } = await trial.run({ operation: 'prune' });
  expect(result.totalBytes).toBe((await trial.run({ operation: 'stats' })).result.totalBytes);
  expect((result.totalBytes ?? 0) + (result.reclaimedBytes ?? 0)).toBe(before.totalBytes);
  expect(result.reclaimedBytes).toBeGreaterThan(1 << 20);
});

it('a repository is checked, found damaged and mended', async () => {
  await trial.create();
  await writeFile(join(trial.source, 'a'), incompressible(1 << 20));
  await trial.made();
  const whole = await trial.run({ operation: 'check', readDataPercent: 100 });
  expect(whole.result).toMatchObject({ outcome: 'Succeeded', verification: { result: 'Passed', mode: 'Data' } });
  await trial.repository.loseData();
  expect(await trial.run({ operation: 'check' })).toMatchObject({
    exitCode: 2,
    result: { failure: { class: 'RepositoryCorrupt' } },
  });
  expect((await trial.run({ operation: 'repair' })).exitCode).toBe(0);
  await trial.made();
});

it('a repository is locked by a holder that lives, and opens to whoever needs all of it once that has died', async () => {
  await trial.create();
  const kill = await trial.repository.lock();
  expect(await trial.run({ operation: 'check' })).toMatchObject({
    exitCode: 1,
    result: { failure: { class: 'RepositoryLocked', retryable: true, exitCode: 11 } },
  });
  await kill();
  expect((await trial.run({ operation: 'check' })).exitCode).toBe(0);
  const killAgain = await trial.repository.lock();
  await killAgain();
  expect((await trial.run({ operation: 'unlock' })).result.locksRemoved).toBe(1);
});

it('a repository loses what has a tag, whoever knows of it, and nothing else', async () => {
  await trial.create();
  await writeFile(join(trial.source, 'a'), 'a');
  for (const uid of ['one', 'one', 'two'])
    await trial.made({ tags: ['dokkerr', `uid=${uid}`], verify: { mode: 'None' } });
  const forgotten = await trial.run({ operation: 'forget', snapshotIDs: ['f'.repeat(64)], tags: ['uid=one'] });
  expect(forgotten).toMatchObject({ exitCode: 0, result: { snapshotCount: 1 } });
  expect((await trial.run({ operation: 'forget', tags: ['uid=one'] })).exitCode).toBe(0);
  const { result } = await trial.run({ operation: 'snapshots' });
  expect(result.snapshots?.map(({ tags }) => tags)).toEqual([['dokkerr', 'uid=two']]);
});

it('a repository changes its key without a moment in which none works, however often a mover is begun anew', async () => {
  const { result } = await trial.run({ operation: 'init' });
  const added = await trial.run({ operation: 'addKey' }, { newPassword: 'renewed' });
  const again = await trial.run({ operation: 'addKey' }, { newPassword: 'renewed' });
  expect(again.result).toMatchObject({ outcome: 'Succeeded', keyID: added.result.keyID });
  expect((await trial.run({ operation: 'stats' })).result.keyID).toBe(result.keyID);
  expect((await trial.run({ operation: 'stats' }, { password: 'renewed' })).result.keyID).toBe(added.result.keyID);
  // The one in use is never removed, whatever was noted down as the one before.
  const refused = await trial.run({ operation: 'removeKey', keyID: result.keyID ?? '' });
  expect(refused.result.failure).toMatchObject({ class: 'Internal', retryable: false });
  const removal = { operation: 'removeKey', keyID: result.keyID ?? '' } as const;
  for (const _ of ['once', 'after a crash']) {
    expect((await trial.run(removal, { password: 'renewed' })).exitCode).toBe(0);
  }
  expect((await trial.run({ operation: 'stats' })).result.failure?.class).toBe('WrongKey');
});
