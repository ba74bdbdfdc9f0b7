/** A mover whose store is lost to it while it works: gone, silent or full. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import type { MoverRequestInput } from '#contracts/mover/request.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import type { MinioOptions } from '#test/fixtures/minio.ts';
import { layOutMounts } from './mounts.ts';
import { startMover } from './run-mover.ts';
import { password, type ResticWorkbench, startWorkbench } from './workbench.ts';

let workbench: ResticWorkbench;
afterEach(() => workbench[Symbol.asyncDispose]());

/** A backup of so much noise, into a store of that kind. */
async function startBackup(bytes: number, store: MinioOptions, request: Partial<MoverRequestInput> = {}) {
  workbench = await startWorkbench(store);
  const repository = await workbench.newRepository();
  await repository.engine().init({ signal: new AbortController().signal });
  const source = join(await mkdtemp(join(workbench.folder, 'test-')), 'source');
  await mkdir(source);
  await writeFile(join(source, 'large'), incompressible(bytes));
  const { access } = repository;
  const folder = await layOutMounts(workbench.folder, { credentials: access.credentials, password });
  const order = { operation: 'backup', source, host: 'team/a', storeWaitSeconds: 0, repository: access.repository };
  const whole = { ...order, ...request } as MoverRequestInput;
  return { repository, ...startMover(whole, { folder, restic: workbench.restic }) };
}

it('says that the store is full, and does not go on trying', async () => {
  const { repository, ended } = await startBackup(96 << 20, { sizeMiB: 48 }, { compression: 'Off' });
  const { exitCode, result } = await ended;
  expect(exitCode).toBe(2);
  expect(result).toMatchObject({ outcome: 'Failed', failure: { class: 'NoSpace', retryable: false } });
  expect(result.snapshotID).toBeUndefined();
  expect(await repository.locks()).toBe(0);
});

it('ends as cancelled when it is told to while the store is gone', async () => {
  const { repository, child, ended } = await startBackup(
    8 << 20,
    {},
    { compression: 'Off', limits: { uploadKiBps: 256 } },
  );
  await waitUntil('a lock', async () => (await repository.locks()) > 0, { timeoutMs: 30_000 });
  await workbench.server.stop('SIGKILL');
  child.kill('SIGTERM');
  const { exitCode, result } = await ended;
  expect(exitCode).toBe(130);
  expect(result.failure).toMatchObject({ class: 'Canceled' });
});

it('goes on when the store comes back', async () => {
  const { repository, ended } = await startBackup(4 << 20, {}, { compression: 'Off', limits: { uploadKiBps: 512 } });
  await waitUntil('a lock', async () => (await repository.locks()) > 0, { timeoutMs: 30_000 });
  await workbench.server.stop('SIGKILL');
  await workbench.server.start();
  const { exitCode, result } = await ended;
  expect(exitCode).toBe(0);
  expect(result).toMatchObject({ outcome: 'Succeeded', verification: { result: 'Passed' } });
});
