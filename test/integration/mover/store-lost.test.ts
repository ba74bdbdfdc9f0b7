/** A mover whose store is lost to it while it works: gone, silent or full. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import type { MoverRequestInput } from '#contracts/mover/request.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import type { MinioOptions } from '#test/fixtures/minio.ts';
import { StoreProxy } from '#test/fixtures/store-proxy.ts';
import { describeTree } from '#test/fixtures/tree.ts';
import { layOutMounts } from './mounts.ts';
import { startMover } from './run-mover.ts';
import { password, type ResticWorkbench, startWorkbench } from './workbench.ts';

let workbench: ResticWorkbench;
afterEach(() => workbench[Symbol.asyncDispose]());

/** A backup of so much noise, into a store of that kind. @param via what the mover takes for the store's own address */
async function startBackup(
  bytes: number,
  store: MinioOptions,
  request: Partial<MoverRequestInput> = {},
  via: (endpoint: string) => Promise<string> = async (endpoint) => endpoint,
) {
  workbench = await startWorkbench(store);
  const repository = await workbench.newRepository();
  await repository.engine().init({ signal: new AbortController().signal });
  const source = join(await mkdtemp(join(workbench.folder, 'test-')), 'source');
  await mkdir(source);
  await writeFile(join(source, 'large'), incompressible(bytes));
  const { access } = repository;
  const folder = await layOutMounts(workbench.folder, { credentials: access.credentials, password });
  const reached = { ...access.repository, endpoint: await via(access.repository.endpoint) };
  const order = { operation: 'backup', source, host: 'team/a', storeWaitSeconds: 0, repository: reached };
  const whole = { ...order, ...request } as MoverRequestInput;
  return { repository, folder, source, ...startMover(whole, { folder, restic: workbench.restic }) };
}

it('a mover says that the store is full, and does not go on trying', async () => {
  const { repository, ended } = await startBackup(96 << 20, { sizeMiB: 48 }, { compression: 'None' });
  const { exitCode, result } = await ended;
  expect(exitCode).toBe(2);
  expect(result).toMatchObject({ outcome: 'Failed', failure: { class: 'NoSpace', retryable: false } });
  expect(result.snapshotID).toBeUndefined();
  expect(await repository.locks()).toBe(0);
});

it('a mover restores from a store that is too full for a lock, and removes snapshots from it', async () => {
  const { repository, folder, source, ended } = await startBackup(1 << 20, { sizeMiB: 48 });
  const { snapshotID = '' } = (await ended).result;
  const { access } = repository;
  await workbench.server.fill(access.repository.bucket);
  const target = await mkdtemp(join(workbench.folder, 'target-'));
  const back = { operation: 'restore', repository: access.repository, snapshotID, source, target } as const;
  const restored = await startMover(back, { folder, restic: workbench.restic }).ended;
  expect(restored.result).toMatchObject({ outcome: 'Succeeded' });
  expect(describeTree(target)).toEqual(describeTree(source));

  const forgetting = repository.engine().forget([snapshotID], { signal: new AbortController().signal });
  await expect(forgetting).rejects.toMatchObject({ class: 'NoSpace' });
  const request: MoverRequestInput = {
    operation: 'forget',
    repository: access.repository,
    snapshotIDs: [snapshotID],
  };
  const { exitCode, result } = await startMover(request, { folder, restic: workbench.restic }).ended;
  expect(result).toMatchObject({ outcome: 'Succeeded', snapshotCount: 0 });
  expect(exitCode).toBe(0);
});

it('a mover restores with credentials that may only read', async () => {
  const { repository, source, ended } = await startBackup(1 << 20, {});
  const { snapshotID = '' } = (await ended).result;
  const credentials = await workbench.server.readOnly();
  const folder = await layOutMounts(workbench.folder, { credentials, password });
  const target = await mkdtemp(join(workbench.folder, 'target-'));
  const { repository: place } = repository.access;
  const back = { operation: 'restore', repository: place, snapshotID, source, target } as const;
  const { result } = await startMover(back, { folder, restic: workbench.restic }).ended;
  expect(result).toMatchObject({ outcome: 'Succeeded', verification: { result: 'Passed' } });
  const order = { operation: 'backup', repository: place, source, host: 'team/a' } as const;
  const refused = await startMover(order, { folder, restic: workbench.restic }).ended;
  expect(refused).toMatchObject({ exitCode: 2, result: { failure: { class: 'AuthFailed' } } });
});

it('a mover ends as cancelled when it is told to while the store is gone', async () => {
  const { repository, child, ended } = await startBackup(
    8 << 20,
    {},
    { compression: 'None', limits: { uploadKiBps: 256 } },
  );
  await waitUntil('a lock', async () => (await repository.locks()) > 0, { timeoutMs: 30_000 });
  await workbench.server.stop('SIGKILL');
  child.kill('SIGTERM');
  const { exitCode, result } = await ended;
  expect(exitCode).toBe(130);
  expect(result.failure).toMatchObject({ class: 'Canceled' });
});

it('a mover goes on when the store comes back', async () => {
  const { repository, ended } = await startBackup(4 << 20, {}, { compression: 'None', limits: { uploadKiBps: 512 } });
  await waitUntil('a lock', async () => (await repository.locks()) > 0, { timeoutMs: 30_000 });
  await workbench.server.stop('SIGKILL');
  await workbench.server.start();
  const { exitCode, result } = await ended;
  expect(exitCode).toBe(0);
  expect(result).toMatchObject({ outcome: 'Succeeded', verification: { result: 'Passed' } });
});

it('a mover goes on when its connections have fallen silent, though nobody closes them', async () => {
  let proxy: StoreProxy | undefined;
  const via = async (endpoint: string) => {
    proxy = await StoreProxy.start(endpoint, '127.0.0.1');
    return proxy.endpoint;
  };
  const slow = { compression: 'None', limits: { uploadKiBps: 512 } } as const;
  const { repository, ended } = await startBackup(8 << 20, {}, slow, via);
  await waitUntil('a lock', async () => (await repository.locks()) > 0, { timeoutMs: 30_000 });
  // Into the middle of an upload of a quarter of a minute.
  await pause(3_000);
  proxy?.silence();
  const { exitCode, result } = await ended;
  await proxy?.[Symbol.asyncDispose]();
  expect(exitCode).toBe(0);
  expect(result).toMatchObject({ outcome: 'Succeeded', verification: { result: 'Passed' } });
}, 300_000);
