/**
 * What all of it is for: a database under load is backed up, moves to another volume, loses a table and gets it back, is
 * staged for another cluster, loses its own and comes back in that one, and can be read when Dokkerr is not there. One
 * life, told in order.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { run } from '#cluster/command.ts';
import { waitUntil } from '#cluster/wait.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Migration } from '#crds/migration.ts';
import { Restore } from '#crds/restore.ts';
import { PersistentVolumeClaim, Secret } from '#runtime/client/kinds.ts';
import type { Kind } from '#runtime/client/types.ts';
import type { RunObject } from '#runtime/controller/types.ts';
import { type MinioServer, startMinio } from '#test/fixtures/minio.ts';
import { patience } from '../e2e/backups.ts';
import { ask, countOf, digestOf, startWriter, type Writer } from './database.ts';
import { openSite, type Site } from './site.ts';

const rows = 100_000;
const bucket = 'backups';
const prefix = 'team-shop';
const example = 'examples/postgresql.yaml';

let folder: string;
let site: Site;
let minio: MinioServer;
/** What somebody has who keeps it outside the cluster. */
let kept: { key: string; snapshotID: string; lastId: number; digest: string };
/** What a migration left in the store for another cluster. */
let staged: { snapshotID: string; lastId: number; digest: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-offsite-'));
  site = await openSite('before');
  minio = await startMinio({ address: hostIP(), data: join(folder, 'bucket') });
  await minio.client.makeBucket(bucket);
});
afterAll(async () => {
  await minio?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function hostIP(): string {
  if (site.cluster.hostIP === undefined) throw new Error('pods reach no server of this host');
  return site.cluster.hostIP;
}

const apply = (...objects: object[]) =>
  site.sandbox.kubectl(
    ['apply', '--filename', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );
const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'dokkerr.io/v1alpha1',
  kind,
  metadata: { name },
  spec,
});
const secret = (name: string, stringData: object) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

/** The store, as it is declared in whatever cluster. */
async function declareStore(): Promise<void> {
  const s3 = { endpoint: minio.endpoint, bucket, prefix, credentialsRef: { name: 'store' } };
  const { accessKeyId, secretAccessKey } = minio.credentials;
  await apply(
    secret('store', { accessKeyId, secretAccessKey }),
    object('BackupStore', 'offsite', { default: true, s3 }),
  );
  await site.sandbox.eventually(
    'the store Ready',
    () => site.sandbox.get(BackupStore, 'offsite')?.status?.phase === 'Ready',
  );
}

function ended<T extends RunObject>(kind: Kind<T>, name: string): Promise<T> {
  return site.sandbox.eventually(
    `the end of ${kind.kind} ${name}`,
    () => {
      const found = site.sandbox.get(kind, name);
      return found?.status?.outcome !== undefined && found;
    },
    patience,
  );
}

/** The example's Container alone: the first of its documents. */
async function declareDatabase(): Promise<void> {
  const [container = ''] = (await readFile(example, 'utf8')).split('\n---\n');
  await site.sandbox.kubectl(['apply', '--filename', '-'], container);
  await site.sandbox.ready('database');
}

/** Resolves once commits are acknowledged beyond those `before`. */
function writesAgain(writer: Writer, before: number): Promise<void> {
  return waitUntil('the writer is answered again', () => writer.acknowledged.length > before, {
    timeoutMs: patience,
    intervalMs: 100,
  });
}

/** Restores the database in place; resolves once it runs on what that snapshot has. */
async function bringBack(name: string, id: string): Promise<void> {
  const source = { snapshot: { storeRef: { name: 'offsite' }, id } };
  await apply(object('Restore', name, { source, target: { containerRef: { name: 'database' } } }));
  const { status } = await ended(Restore, name);
  expect(status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  await site.sandbox.ready('database');
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

test('a database is backed up by schedule and by hand while it is written to, and no commit waits for long', async () => {
  const { sandbox, cluster } = site;
  await declareStore();
  await declareDatabase();
  await ask(
    sandbox,
    `create table entry (id bigserial primary key, note text not null, at timestamptz not null default clock_timestamp());
     insert into entry (note) select md5(n::text) from generate_series(1, ${rows}) as n;`,
  );
  const writer = await startWriter(cluster.kubeconfigPath, sandbox);
  await sandbox.kubectl(['apply', '--filename', example]);
  const scheduled = await sandbox.eventually(
    'the backup of the schedule',
    () => sandbox.list(Backup).find(({ status }) => status?.outcome !== undefined),
    patience,
  );
  expect(scheduled.status).toMatchObject({
    phase: 'Completed',
    hooks: [{ phase: 'Pre', name: 'checkpoint', outcome: 'Succeeded', pods: ['database-0'] }],
  });
  const lastId = writer.acknowledged.at(-1) ?? 0;
  const backup = await timed('backup under load', async () => {
    const { containerRef, hooks } = scheduled.spec;
    await apply(object('Backup', 'by-hand', { containerRef, hooks, verify: { mode: 'Data', readDataPercent: 100 } }));
    return ended(Backup, 'by-hand');
  });
  expect(backup.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  await writer.stop();
  const written = writer.acknowledged.length;
  console.log(`${written} rows written meanwhile, ${lastId - rows} of them before the backup by hand`);
  expect(lastId).toBeGreaterThan(rows);
  expect(written).toBeGreaterThan(lastId - rows);
  const key = await sandbox.client.get(Secret, { namespace: sandbox.namespace, name: 'offsite-key' });
  kept = {
    key: Buffer.from(key?.data?.password ?? '', 'base64').toString(),
    snapshotID: backup.status?.volumes?.[0]?.snapshotID ?? '',
    lastId,
    digest: await digestOf(sandbox, lastId),
  };
  expect(kept.digest).toMatch(new RegExp(`^${lastId}\\|[0-9a-f]{32}$`));
});

test('it moves to a volume of another class while it is written to, and loses no commit', async () => {
  const { sandbox, cluster } = site;
  const claim = () => sandbox.get(PersistentVolumeClaim, 'data-database-0');
  expect(claim()?.spec.storageClassName).toBe('standard');
  const writer = await startWriter(cluster.kubeconfigPath, sandbox);
  const migration = await timed('migration under load', async () => {
    const source = { containerRef: { name: 'database' } };
    const verify = { checksum: 'Full' };
    await apply(
      object('Migration', 'to-fast', {
        source,
        target: { storageClassName: 'fast' },
        verify,
        keepSource: { for: '0s' },
      }),
    );
    return ended(Migration, 'to-fast');
  });
  expect(migration.status?.failure).toBeUndefined();
  expect(migration.status).toMatchObject({ phase: 'Completed', itinerary: 'Forward' });
  await sandbox.ready('database');
  const moved = writer.acknowledged.length;
  await writesAgain(writer, moved);
  await writer.stop();
  const pause = (writer.longestPauseMs() / 1000).toFixed(1);
  console.log(
    `${moved} rows written meanwhile; none for ${pause} s, by status ${migration.status?.downtime?.seconds} s`,
  );
  expect(claim()?.spec.storageClassName).toBe('fast');
  expect(await countOf(sandbox, writer.acknowledged)).toBe(writer.acknowledged.length);
  expect(await digestOf(sandbox, kept.lastId)).toBe(kept.digest);
});

test('a table that was dropped comes back in place, with every row that was committed before the backup', async () => {
  const { sandbox } = site;
  await ask(sandbox, 'drop table entry;');
  const restore = await timed('restore in place', async () => {
    const containerRef = { name: 'database' };
    await apply(object('Restore', 'back', { source: { backupRef: { name: 'by-hand' } }, target: { containerRef } }));
    return ended(Restore, 'back');
  });
  expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  await sandbox.ready('database');
  expect(await digestOf(sandbox, kept.lastId)).toBe(kept.digest);
});

test('it is staged for another cluster while it runs, as it is then', async () => {
  const { sandbox } = site;
  const lastId = Number(await ask(sandbox, "insert into entry (note) values ('to be taken along') returning id;"));
  const source = { claimRef: { name: 'data-database-0' } };
  const spec = { source, target: { name: 'database-staged' }, mode: 'StageOnly' };
  await apply(object('Migration', 'staged', spec));
  const { status } = await ended(Migration, 'staged');
  expect(status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  const backup = sandbox.get(Backup, status?.backupRef?.name ?? '');
  const snapshotID = backup?.status?.volumes?.[0]?.snapshotID ?? '';
  staged = { snapshotID, lastId, digest: await digestOf(sandbox, lastId) };
});

test('a new cluster with the bucket, its credentials and the key has the same rows', async () => {
  await timed('a cluster lost and another one made', async () => {
    await Promise.all([site[Symbol.asyncDispose](), minio[Symbol.asyncDispose]()]);
    const { credentials } = minio;
    site = await openSite('after');
    minio = await startMinio({ address: hostIP(), data: join(folder, 'bucket'), credentials });
  });
  await apply(secret('offsite-key', { password: kept.key }));
  await declareStore();
  await declareDatabase();
  await timed('restore into a new cluster', () => bringBack('after-all', kept.snapshotID));
  expect(await digestOf(site.sandbox, kept.lastId)).toBe(kept.digest);
});

test('the new cluster takes over what was staged for it', async () => {
  await bringBack('taken-over', staged.snapshotID);
  expect(await digestOf(site.sandbox, staged.lastId)).toBe(staged.digest);
});

test('restic alone lists the snapshots and restores the files, with the key of the Secret', async () => {
  const { restic } = await ensureBinaries(['restic'], { onProgress: () => undefined });
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: minio.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: minio.credentials.secretAccessKey,
    RESTIC_PASSWORD: kept.key,
    RESTIC_REPOSITORY: `s3:${minio.endpoint}/${bucket}/${prefix}`,
    RESTIC_CACHE_DIR: join(folder, 'cache'),
  };
  const listed = JSON.parse(await run(restic, ['snapshots', '--json', '--tag', 'container=database'], { env })) as {
    id: string;
    tags: string[];
  }[];
  const snapshot = listed.find(({ id }) => id === kept.snapshotID);
  expect(snapshot?.tags).toEqual(expect.arrayContaining(['claim=data-database-0', 'backup=by-hand']));
  const target = join(folder, 'restored');
  await run(restic, ['restore', `${kept.snapshotID}:/data`, '--target', target], { env });
  expect(await readFile(join(target, 'pgdata/PG_VERSION'), 'utf8')).toBe('15\n');
});
