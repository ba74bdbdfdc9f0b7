/**
 * What all of it is for: a database under load is backed up, loses a table and gets it back, loses its cluster and comes
 * back in another one, and can be read when Dokkerr is not there. One life, told in order.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { run } from '#cluster/command.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Restore } from '#crds/restore.ts';
import { Secret } from '#runtime/client/kinds.ts';
import type { Kind } from '#runtime/client/types.ts';
import type { RunObject } from '#runtime/controller/types.ts';
import { type MinioServer, startMinio } from '#test/fixtures/minio.ts';
import { patience } from '../e2e/backups.ts';
import { ask, digestOf, startWriter } from './database.ts';
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
  const lastId = writer.lastId();
  const backup = await timed('backup under load', async () => {
    const { containerRef, hooks } = scheduled.spec;
    await apply(object('Backup', 'by-hand', { containerRef, hooks, verify: { mode: 'Data', readDataPercent: 100 } }));
    return ended(Backup, 'by-hand');
  });
  expect(backup.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  await writer.stop();
  console.log(`${writer.lastId() - rows} rows written meanwhile, ${lastId - rows} of them before the backup by hand`);
  expect(lastId).toBeGreaterThan(rows);
  expect(writer.lastId()).toBeGreaterThan(lastId);
  const key = await sandbox.client.get(Secret, { namespace: sandbox.namespace, name: 'offsite-key' });
  kept = {
    key: Buffer.from(key?.data?.password ?? '', 'base64').toString(),
    snapshotID: backup.status?.volumes?.[0]?.snapshotID ?? '',
    lastId,
    digest: await digestOf(sandbox, lastId),
  };
  expect(kept.digest).toMatch(new RegExp(`^${lastId}\\|[0-9a-f]{32}$`));
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
  const restore = await timed('restore into a new cluster', async () => {
    const snapshot = { storeRef: { name: 'offsite' }, id: kept.snapshotID };
    await apply(
      object('Restore', 'after-all', { source: { snapshot }, target: { containerRef: { name: 'database' } } }),
    );
    return ended(Restore, 'after-all');
  });
  expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  await site.sandbox.ready('database');
  expect(await digestOf(site.sandbox, kept.lastId)).toBe(kept.digest);
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
