/** What a look at a store finds, asked of a real one that was put into that state. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listIDs, measureRepository } from '#stores/listing.ts';
import { probeStore } from '#stores/probe.ts';
import { type MinioServer, startMinio } from '#test/fixtures/minio.ts';

let plain: MinioServer;
let secure: MinioServer;
beforeAll(async () => {
  [plain, secure] = await Promise.all([startMinio(), startMinio({ tls: true })]);
});
afterAll(async () => {
  await plain[Symbol.asyncDispose]();
  await secure[Symbol.asyncDispose]();
});

it('says how long the store took and that its clock is right', async () => {
  const probe = await probeStore(await plain.newStore());
  expect(probe.hasRepository).toBe(false);
  expect(probe.latencyMs).toBeLessThan(5_000);
  expect(Math.abs(probe.clockSkewMs)).toBeLessThan(5_000);
});

it('finds a repository in its folder and not beside it', async () => {
  const access = await plain.newStore('team');
  const { bucket } = access.repository;
  await plain.client.putObject(bucket, 'config', 'of another');
  await plain.client.putObject(bucket, 'team/configuration', 'of nothing');
  expect((await probeStore(access)).hasRepository).toBe(false);
  await plain.client.putObject(bucket, 'team/config', 'of this');
  expect((await probeStore(access)).hasRepository).toBe(true);
});

it('says that the secret key is wrong', async () => {
  const access = await plain.newStore();
  const credentials = { ...access.credentials, secretAccessKey: 'another' };
  await expect(probeStore({ ...access, credentials })).rejects.toMatchObject({
    class: 'AuthFailed',
    retryable: false,
    message: expect.stringContaining('secretAccessKey') as string,
  });
});

it('says that the access key is not known', async () => {
  const access = await plain.newStore();
  const credentials = { ...access.credentials, accessKeyId: 'nobody' };
  await expect(probeStore({ ...access, credentials })).rejects.toMatchObject({
    class: 'AuthFailed',
    message: expect.stringContaining('accessKeyId') as string,
  });
});

it('says that there is no such bucket', async () => {
  const access = await plain.newStore();
  const repository = { ...access.repository, bucket: 'not-there' };
  await expect(probeStore({ ...access, repository })).rejects.toMatchObject({
    class: 'BucketMissing',
    retryable: false,
  });
});

it('trusts a self-signed store by its certificate only', async () => {
  const { caBundle, ...untrusting } = await secure.newStore();
  expect((await probeStore({ ...untrusting, caBundle: caBundle ?? '' })).hasRepository).toBe(false);
  await expect(probeStore(untrusting)).rejects.toMatchObject({
    class: 'StoreUnreachable',
    message: expect.stringContaining('caBundleRef') as string,
  });
  const insecure = { ...untrusting, repository: { ...untrusting.repository, insecure: true } };
  expect((await probeStore(insecure)).hasRepository).toBe(false);
});

it('says what to write when TLS is spoken to a store without', async () => {
  const access = await plain.newStore();
  const repository = { ...access.repository, endpoint: access.repository.endpoint.replace('http:', 'https:') };
  await expect(probeStore({ ...access, repository })).rejects.toMatchObject({
    class: 'StoreUnreachable',
    message: expect.stringContaining('TLS') as string,
  });
});

it('lists the ids of snapshots and weighs the repository', async () => {
  const access = await plain.newStore('team');
  const { bucket } = access.repository;
  for (const name of ['snapshots/b', 'snapshots/a', 'data/00/x']) {
    await plain.client.putObject(bucket, `team/${name}`, 'ten bytes.');
  }
  await plain.client.putObject(bucket, 'teammate/snapshots/c', 'of another');
  expect(await listIDs(access, 'snapshots')).toEqual(['a', 'b']);
  expect(await measureRepository(access)).toBe(30);
});

it('gives up a store that takes the request and says nothing', async () => {
  const access = await plain.newStore();
  await plain.pause();
  try {
    await expect(probeStore(access, { timeoutMs: 300 })).rejects.toMatchObject({
      class: 'StoreUnreachable',
      retryable: true,
      message: expect.stringContaining('in time') as string,
    });
  } finally {
    await plain.resume();
  }
});

it('ends at once when it is told to', async () => {
  const access = await plain.newStore();
  await plain.pause();
  try {
    await expect(probeStore(access, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  } finally {
    await plain.resume();
  }
});

it('says that nobody answers, and answers again when the store does', async () => {
  const access = await plain.newStore();
  await plain.stop();
  await expect(probeStore(access)).rejects.toMatchObject({ class: 'StoreUnreachable', retryable: true });
  await plain.start();
  expect((await probeStore(access)).hasRepository).toBe(false);
});
