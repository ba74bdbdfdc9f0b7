/** Where restic is tested: repositories in a real store, and the ways to lock, lose and damage them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Client } from 'minio';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { waitUntil } from '#cluster/wait.ts';
import { passwordFile } from '#contracts/mover/files.ts';
import { resticEngine } from '#src/mover/restic/engine.ts';
import { type ResticSetup, resticProgram } from '#src/mover/restic/environment.ts';
import type { Approach, TestRepository, Workbench } from '#src/mover/testing/conformance.ts';
import type { StoreAccess } from '#stores/access.ts';
import { measureRepository } from '#stores/listing.ts';
import { type MinioOptions, type MinioServer, startMinio } from '#test/fixtures/minio.ts';

/** The password of every test's repository. */
export const password = 'the key of this test';

/** A repository, and how to get to it without an engine. */
export interface StoredRepository extends TestRepository {
  readonly access: StoreAccess;
}

/** A workbench and what it is made of. */
export interface ResticWorkbench extends Workbench, AsyncDisposable {
  newRepository(): Promise<StoredRepository>;
  readonly server: MinioServer;
  /** path of restic's program */
  readonly restic: string;
  /** a folder that is removed with it */
  readonly folder: string;
}

/** Starts a store of its own. */
export async function startWorkbench(options: MinioOptions = {}): Promise<ResticWorkbench> {
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const { restic } = await ensureBinaries(['restic'], { onProgress });
  const server = await startMinio(options);
  const folder = await mkdtemp(join(tmpdir(), 'dokkerr-restic-'));
  return {
    server,
    restic,
    folder,
    newRepository: async () => testRepository(await server.newStore('team/one'), server.client, restic, folder),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** restic as a user who owns nothing. */
export async function unprivilegedRestic({ restic, folder }: ResticWorkbench): Promise<string> {
  const copy = join(folder, 'restic-for-all');
  await copyFile(restic, copy);
  await chmod(copy, 0o755);
  const script = join(folder, 'restic-unprivileged');
  await writeFile(script, `#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups ${copy} "$@"\n`);
  await chmod(script, 0o755);
  return script;
}

async function testRepository(
  access: StoreAccess,
  client: Client,
  program: string,
  folder: string,
): Promise<StoredRepository> {
  const place = await mkdtemp(join(folder, 'repository-'));
  const cache = join(place, 'cache');
  const key = join(place, 'key');
  await Promise.all([mkdir(cache), mkdir(key)]);
  await writeFile(join(key, passwordFile), `${password}\n`);
  const keyFolder = async (text: string) => {
    const other = await mkdtemp(join(place, 'key-'));
    await writeFile(join(other, passwordFile), text);
    return other;
  };
  const others = new Map<string, string>();
  for (const text of ['another', 'renewed']) others.set(text, await keyFolder(text));
  const setup = ({ password: other, uploadKiBps }: Approach = {}): ResticSetup => ({
    access,
    limits: uploadKiBps === undefined ? {} : { uploadKiBps },
    lockWaitSeconds: 1,
    key: other === undefined ? key : (others.get(other) ?? ''),
    cache,
    caBundle: '',
    program,
    environment: {},
  });
  return {
    access,
    engine: (approach) => resticEngine(setup(approach)),
    passwordFile: async (text) => join(await keyFolder(text), passwordFile),
    lock: () => holdLock(setup(), access, client),
    loseData: () => eachPack(access, client, (name) => client.removeObject(access.repository.bucket, name)),
    damageData: () =>
      eachPack(access, client, async (name) => {
        const { bucket } = access.repository;
        const content = await buffer(await client.getObject(bucket, name));
        const middle = content.length >> 1;
        content[middle] = (content[middle] ?? 0) ^ 0xff;
        await client.putObject(bucket, name, content);
      }),
    storedBytes: () => measureRepository(access),
    locks: async () => (await namesUnder(access, client, 'locks/')).length,
  };
}

/** A backup of standard input holds its lock until the input ends. */
async function holdLock(setup: ResticSetup, access: StoreAccess, client: Client): Promise<() => Promise<void>> {
  const { program, flags, env } = resticProgram(setup);
  const holder = spawn(program, [...flags, 'backup', '--stdin'], { env, stdio: ['pipe', 'ignore', 'ignore'] });
  const hasLock = async () => (await namesUnder(access, client, 'locks/')).length > 0;
  await waitUntil('a lock', hasLock, { timeoutMs: 20_000 });
  return async () => {
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
  };
}

/** The packs with content of files are larger here than those with folders. */
async function eachPack(access: StoreAccess, client: Client, change: (name: string) => Promise<void>): Promise<void> {
  const packs = await namesUnder(access, client, 'data/');
  const [largest] = packs.sort((a, b) => b.size - a.size);
  if (largest === undefined) throw new Error('the repository has no pack');
  await change(largest.name);
}

async function namesUnder({ repository: { bucket, prefix } }: StoreAccess, client: Client, folder: string) {
  const { objects } = await client.listObjectsV2Query(bucket, `${prefix}/${folder}`, '', '', 1000, '');
  return objects.flatMap(({ name, size }) => (name === undefined || size === undefined ? [] : [{ name, size }]));
}
