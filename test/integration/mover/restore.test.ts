/** A restore as a pod makes it; what is wrong is found before anything is written. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import { describeTree, writeOddTree } from '#test/fixtures/tree.ts';
import { type Trial, useTrials } from './trial.ts';

let trial: Trial;
useTrials((begun) => {
  trial = begun;
});

beforeEach(() => trial.create());

it('a restore brings everything back and compares it', async () => {
  await writeOddTree(trial.source);
  const { exitCode, result } = await trial.restore(await trial.made(), { verify: 'Checksum' });
  expect(exitCode).toBe(0);
  expect(result.verification).toMatchObject({ result: 'Passed', mode: 'Checksum', mismatches: 0 });
  expect(describeTree(trial.target)).toEqual(describeTree(trial.source));
});

it('a restore that is held against what was backed up says what of that has changed since', async () => {
  await writeOddTree(trial.source);
  const snapshotID = await trial.made();
  const order = { deleteExtraneous: true, compareWith: { source: trial.source, content: { mode: 'Full' } } } as const;
  const same = await trial.restore(snapshotID, order);
  expect(same).toMatchObject({ exitCode: 0, result: { operation: 'restore', outcome: 'Succeeded' } });
  const { result, mode, filesRead, filesExpected, filesFound } = same.result.verification ?? {};
  expect({ result, mode, filesRead, filesFound }).toEqual({
    result: 'Passed',
    mode: 'Full',
    filesRead: 9,
    filesFound: filesExpected,
  });

  await writeFile(join(trial.source, 'late'), 'late');
  const other = await trial.restore(snapshotID, { ...order, overwrite: 'IfChanged' });
  expect(other).toMatchObject({ exitCode: 2, result: { failure: { class: 'VerificationFailed' } } });
  expect(other.result.verification?.mismatched).toContainEqual('late: not there');
  expect(other.result.snapshotID).toBe(snapshotID);
});

it('a restore refuses a target that is too small before a byte is written', async () => {
  await writeFile(join(trial.source, 'large'), incompressible(3 << 20));
  const snapshotID = await trial.made();
  const mounted = `mount -t tmpfs -o size=2m tmpfs ${trial.target} && "$@"; code=$?; ls -A ${trial.target} >${trial.target}.list; exit $code`;
  const { exitCode, result } = await trial.restore(
    snapshotID,
    {},
    { prefix: ['unshare', '--mount', 'sh', '-c', mounted, 'sh'] },
  );
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'NoSpace', retryable: false });
  expect(result.failure?.message).toMatch(/3145728 bytes .* room for 2097152/);
  expect(await readFile(`${trial.target}.list`, 'utf8')).toBe('');
});

it('a restore that is to leave nothing else removes what is in its way, but only where that gives it room', async () => {
  await writeFile(join(trial.source, 'large'), incompressible(3 << 20));
  await writeFile(join(trial.source, 'kept'), 'kept');
  const snapshotID = await trial.made();
  // As a restore leaves a volume that broke off in the middle of a file.
  const filled = `mount -t tmpfs -o size=4m tmpfs ${trial.target} && mkdir -p ${trial.target}/other/deep && head -c 2M /dev/zero >${trial.target}/other/deep/file && echo old >${trial.target}/kept && "$@"; code=$?; ls -R ${trial.target} >${trial.target}.list; exit $code`;
  const into = { prefix: ['unshare', '--mount', 'sh', '-c', filled, 'sh'] };
  const refused = await trial.restore(snapshotID, {}, into);
  expect(refused.result.failure).toMatchObject({ class: 'NoSpace' });
  expect(await readFile(`${trial.target}.list`, 'utf8')).toContain('deep');
  const { exitCode, result } = await trial.restore(snapshotID, { deleteExtraneous: true }, into);
  expect(exitCode).toBe(0);
  expect(result.verification).toMatchObject({ result: 'Passed', filesFound: 2 });
  expect(await readFile(`${trial.target}.list`, 'utf8')).toBe(`${trial.target}:\nkept\nlarge\n`);
});

it('a restore counts what lies in its place already as room', async () => {
  await writeFile(join(trial.source, 'large'), incompressible(3 << 20));
  const snapshotID = await trial.made();
  const filled = `mount -t tmpfs -o size=4m tmpfs ${trial.target} && cp ${trial.source}/large ${trial.target}/large && exec "$@"`;
  const { exitCode } = await trial.restore(
    snapshotID,
    {},
    { prefix: ['unshare', '--mount', 'sh', '-c', filled, 'sh'] },
  );
  expect(exitCode).toBe(0);
});

it('a restore touches nothing when data is gone', async () => {
  await writeFile(join(trial.source, 'a'), incompressible(1 << 20));
  const snapshotID = await trial.made();
  await trial.repository.loseData();
  const { exitCode, result } = await trial.restore(snapshotID);
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'RepositoryCorrupt' });
  expect(await readdir(trial.target)).toEqual([]);
});

it('a restore touches nothing when data is damaged and it was to read it first', async () => {
  await writeFile(join(trial.source, 'a'), incompressible(1 << 20));
  const snapshotID = await trial.made();
  await trial.repository.damageData();
  const { exitCode, result } = await trial.restore(snapshotID, { verifySource: 'Data' });
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'RepositoryCorrupt' });
  expect(await readdir(trial.target)).toEqual([]);
});

it('a restore never succeeds with damaged data, read first or not', async () => {
  await writeFile(join(trial.source, 'a'), incompressible(1 << 20));
  const snapshotID = await trial.made();
  await trial.repository.damageData();
  const { exitCode, result } = await trial.restore(snapshotID);
  expect(exitCode).not.toBe(0);
  expect(result.outcome).toBe('Failed');
});

it('a restore says that there is no such snapshot', async () => {
  const { exitCode, result } = await trial.restore('f'.repeat(64));
  expect(exitCode).toBe(2);
  expect(result.failure).toMatchObject({ class: 'SnapshotMissing' });
});

it('a restore says that the volume is not mounted', async () => {
  await writeFile(join(trial.source, 'a'), 'a');
  const snapshotID = await trial.made();
  await rm(trial.target, { recursive: true });
  const { exitCode, result } = await trial.restore(snapshotID);
  expect(exitCode).toBe(2);
  expect(result.failure?.message).toMatch(/mounted/);
});
