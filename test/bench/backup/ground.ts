/** What every measurement of moved data stands on: a real node with the operator, and an object store beside it. */
import { type Cluster, createCluster } from '#cluster/cluster.ts';
import { createKubectl, type Kubectl } from '#cluster/kubectl.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';
import { type MinioServer, startMinio } from '#test/fixtures/minio.ts';
import { createHelm } from '#test/operator/helm.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';

export interface Ground extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly kubectl: Kubectl;
  readonly minio: MinioServer;
  /** of the store's repository */
  readonly bucket: string;
  /** the operator's, which has Node and restic */
  readonly image: string;
  apply(...items: readonly object[]): Promise<unknown>;
}

/** What the files of a claim are; they shrink under no compression. */
export interface Load {
  readonly files: number;
  readonly bytesPerFile: number;
}

/** Resolves once the store is Ready. @param store what the BackupStore says besides where it is */
export async function startGround(note: (line: string) => void, store: object = {}): Promise<Ground> {
  const { archive } = await ensureOperatorImage(note);
  const images = [Promise.resolve(archive)];
  const cluster = await createCluster({ name: `bench-${process.pid}`, owner: process.pid, images });
  const stack = new AsyncDisposableStack();
  stack.defer(() => cluster.down());
  try {
    const kubectl = await createKubectl(cluster.kubeconfigPath);
    const minio = stack.use(await startMinio({ address: reachable(cluster) }));
    await installRelease({ helm: await createHelm(cluster.kubeconfigPath), kubectl }, usualRelease);
    const apply = (...items: readonly object[]) =>
      kubectl(['apply', '--filename', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const { endpoint, credentials } = minio;
    const { bucket } = (await minio.newStore()).repository;
    const s3 = { endpoint, bucket, prefix: 'dokkerr', credentialsRef: { name: 'store' } };
    await apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'store' }, stringData: credentials },
      dokkerr('BackupStore', 'offsite', { default: true, s3, ...store }),
    );
    await kubectl(['wait', '--for=condition=Ready', 'backupstore/offsite', '--timeout=90s']);
    const image = await imageOf(kubectl);
    return { cluster, kubectl, minio, bucket, image, apply, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

export function dokkerr(kind: string, name: string, spec: object): object {
  return { apiVersion: 'dokkerr.io/v1alpha1', kind, metadata: { name }, spec };
}

export function claim(name: string, size: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
  };
}

/** Runs in a pod of the operator's image: writes every file whose number divides by `each` anew, in a hundred folders. */
export function writing({ files, bytesPerFile }: Load, each: number): readonly string[] {
  const program = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    const { randomBytes } = require('node:crypto');
    for (let file = 0; file < ${files}; file += ${each}) {
      const folder = '/data/' + (file % 100);
      mkdirSync(folder, { recursive: true });
      writeFileSync(folder + '/' + file, randomBytes(${bytesPerFile}));
    }`;
  return ['node', '-e', program];
}

function reachable({ hostIP }: Cluster): string {
  if (hostIP === undefined) throw new Error('this cluster says no address at which its pods reach this host');
  return hostIP;
}

function imageOf(kubectl: Kubectl): Promise<string> {
  const { namespace, name } = usualRelease;
  const deployment = ['get', `deployment/${name}`, '--namespace', namespace];
  return kubectl([...deployment, '--output', 'jsonpath={.spec.template.spec.containers[0].image}']);
}
