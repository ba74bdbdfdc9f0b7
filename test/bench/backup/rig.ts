/**
 * Where backups are measured: a claim full of files, and a pod that has the claim mounted and restic at hand, so that the
 * one contestant is restic alone on the very same files.
 */
import { randomBytes } from 'node:crypto';
import type { Kubectl } from '#cluster/kubectl.ts';
import { claim, type Ground, type Load, startGround, writing } from './ground.ts';

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
  const ground = await startGround(note, store);
  try {
    const { kubectl, cluster } = ground;
    await ground.apply(claim(sourceClaim, '6Gi'), claim(rawTarget, '6Gi'), resticPod(ground));
    await kubectl(['wait', '--for=condition=Ready', `pod/${bench}`, '--timeout=90s']);
    const inPod = (command: readonly string[]) => kubectl(['exec', bench, '--', ...command]);
    return {
      kubectl,
      auditLog: cluster.auditLogPath ?? '',
      restic: async (args) => {
        const since = performance.now();
        await inPod(['restic', '--quiet', ...args]);
        return (performance.now() - since) / 1000;
      },
      write: async (each) => void (await inPod(writing(load, each))),
      [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose](),
    };
  } catch (error) {
    await ground[Symbol.asyncDispose]();
    throw error;
  }
}

/** On the operator's own image, so that both contestants run the same restic. */
function resticPod({ image, bucket, minio: { endpoint, credentials } }: Ground): object {
  const env = {
    RESTIC_REPOSITORY: `s3:${endpoint}/${bucket}/raw`,
    RESTIC_PASSWORD: randomBytes(16).toString('hex'),
    RESTIC_CACHE_DIR: '/tmp',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
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
