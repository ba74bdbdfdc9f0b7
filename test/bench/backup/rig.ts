/**
 * Where backups are measured: a real node, an object store beside it, a claim full of files, and a pod that has the claim
 * mounted and restic at hand, so that the one contestant is restic alone on the very same files.
 */
import { randomBytes } from 'node:crypto';
import { type Cluster, createCluster } from '#cluster/cluster.ts';
import { createKubectl, type Kubectl } from '#cluster/kubectl.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';
import { type MinioServer, startMinio } from '#test/fixtures/minio.ts';
import { createHelm } from '#test/operator/helm.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';

/** What the claim with the files holds; they shrink under no compression. */
export interface Load {
  readonly files: number;
  readonly bytesPerFile: number;
}

/** Name of the pod that runs restic, of the claim with the files, and of the one that raw restic restores into. */
const bench = 'bench';
export const sourceClaim = 'source';
const rawTarget = 'raw-target';

export interface Rig extends AsyncDisposable {
  readonly kubectl: Kubectl;
  /** path of the API server's audit log; '' where it is not ours to read */
  readonly auditLog: string;
  /** Runs restic in the pod; resolves to the seconds it took. */
  restic(args: readonly string[]): Promise<number>;
  /** Writes every file whose number divides by `each` anew. */
  write(each: number): Promise<void>;
}

/** @param store what the BackupStore says besides where it is */
export async function startRig(note: (line: string) => void, load: Load, store: object = {}): Promise<Rig> {
  const image = await ensureOperatorImage(note);
  const cluster = await createCluster({
    name: `bench-${process.pid}`,
    owner: process.pid,
    images: [Promise.resolve(image.archive)],
  });
  const stack = new AsyncDisposableStack();
  stack.defer(() => cluster.down());
  try {
    const kubectl = await createKubectl(cluster.kubeconfigPath);
    const minio = stack.use(await startMinio({ address: reachable(cluster) }));
    await installRelease({ helm: await createHelm(cluster.kubeconfigPath), kubectl }, usualRelease);
    await declare(kubectl, minio, store);
    const inPod = (command: readonly string[]) => kubectl(['exec', bench, '--', ...command]);
    await kubectl(['wait', '--for=condition=Ready', `pod/${bench}`, '--timeout=90s']);
    await kubectl(['wait', '--for=condition=Ready', 'backupstore/offsite', '--timeout=90s']);
    return {
      kubectl,
      auditLog: cluster.auditLogPath ?? '',
      restic: async (args) => {
        const since = performance.now();
        await inPod(['restic', '--quiet', ...args]);
        return (performance.now() - since) / 1000;
      },
      write: async (each) => void (await inPod(['node', '-e', writerOf(load), String(each)])),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function reachable({ hostIP }: Cluster): string {
  if (hostIP === undefined) throw new Error('this cluster says no address at which its pods reach this host');
  return hostIP;
}

/** Files in a hundred folders, as a program would leave them. */
const writerOf = ({ files, bytesPerFile }: Load) => `
  const { mkdirSync, writeFileSync } = require('node:fs');
  const { randomBytes } = require('node:crypto');
  for (let file = 0; file < ${files}; file += Number(process.argv[1])) {
    const folder = '/data/' + (file % 100);
    mkdirSync(folder, { recursive: true });
    writeFileSync(folder + '/' + file, randomBytes(${bytesPerFile}));
  }`;

async function declare(kubectl: Kubectl, minio: MinioServer, more: object): Promise<void> {
  const { endpoint, credentials } = minio;
  const { bucket } = (await minio.newStore()).repository;
  const claim = (name: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '6Gi' } } },
  });
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'store' }, stringData: credentials };
  const store = {
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'BackupStore',
    metadata: { name: 'offsite' },
    spec: { default: true, s3: { endpoint, bucket, prefix: 'dokkerr', credentialsRef: { name: 'store' } }, ...more },
  };
  const env = {
    RESTIC_REPOSITORY: `s3:${endpoint}/${bucket}/raw`,
    RESTIC_PASSWORD: randomBytes(16).toString('hex'),
    RESTIC_CACHE_DIR: '/tmp',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const items = [claim(sourceClaim), claim(rawTarget), secret, store, await resticPod(kubectl, env)];
  await kubectl(['apply', '--filename', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** On the operator's own image, so that both contestants run the same restic. */
async function resticPod(kubectl: Kubectl, env: Readonly<Record<string, string>>): Promise<object> {
  const { namespace, name } = usualRelease;
  const deployment = ['get', `deployment/${name}`, '--namespace', namespace];
  const image = await kubectl([...deployment, '--output', 'jsonpath={.spec.template.spec.containers[0].image}']);
  const mount = (name: string, mountPath: string) => ({ name, mountPath });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: bench },
    spec: {
      securityContext: { runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
      containers: [
        {
          name: bench,
          image,
          imagePullPolicy: 'Never',
          command: ['node', '-e', 'setInterval(() => {}, 1 << 30)'],
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          volumeMounts: [mount('data', '/data'), mount('target', '/target')],
        },
      ],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: sourceClaim } },
        { name: 'target', persistentVolumeClaim: { claimName: rawTarget } },
      ],
    },
  };
}
