import { describe, expect, it } from 'vitest';
import type { BackupStore } from '#crds/backup-store.ts';
import { buildMoverJob, type MoverRun } from './job.ts';
import { moverRequest } from './request.ts';

const store = {
  metadata: { name: 'offsite' },
  spec: {
    s3: {
      endpoint: 'https://s3.example.com',
      bucket: 'backups',
      prefix: 'team',
      forcePathStyle: true,
      credentialsRef: { name: 'store-credentials' },
    },
    encryption: {},
    throttle: { uploadKiBps: 512 },
  },
  status: { repositoryID: 'abc123' },
} as BackupStore;

const run: MoverRun = {
  name: 'store-0-abc-0',
  store,
  request: { operation: 'backup', host: 'default/data' },
  claim: { name: 'data', readOnly: true },
  policy: { backoffLimit: 2, activeDeadlineSeconds: 60, podStartupDeadlineSeconds: 300 },
};
const podOf = (more: Partial<MoverRun> = {}) => buildMoverJob({ ...run, ...more }, 'dokkerr:1').spec?.template.spec;

describe("a mover's Job", () => {
  it('fits a restricted namespace, has no token, and never starts a second pod by itself', () => {
    const job = buildMoverJob(run, 'dokkerr:1');
    expect(job.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 60 });
    expect(podOf()).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
  });

  it('has its secrets mounted, never in arguments or environment', () => {
    const [container] = podOf()?.containers ?? [];
    expect(container?.args).toEqual(['mover']);
    expect(container?.env?.map(({ name, valueFrom }) => [name, valueFrom])).toEqual([
      ['DOKKERR_MOVER_REQUEST', undefined],
    ]);
    // Of the key what is in use, and nothing else that lies beside it while it is replaced.
    const items = [{ key: 'password', path: 'password' }];
    const key = { name: 'key', secret: { secretName: 'offsite-key', defaultMode: 0o440, items } };
    expect(podOf()?.volumes).toContainEqual(key);
  });

  it('carries a request that the mover takes: the trusted repository, the limits, every default', () => {
    const [variable] = podOf()?.containers[0]?.env ?? [];
    expect(moverRequest.parse(JSON.parse(variable?.value ?? ''))).toMatchObject({
      operation: 'backup',
      repository: { id: 'abc123', prefix: 'team' },
      limits: { uploadKiBps: 512 },
    });
  });

  it('reads the files as the workload, and as whoever the backup says', () => {
    expect(podOf({ runAs: { user: 1000, fsGroup: 2000 } })?.securityContext).toMatchObject({
      runAsUser: 1000,
      fsGroup: 2000,
    });
    const asRoot = podOf({ runAs: { user: 1000 }, mover: { securityContext: { runAsUser: 0 } } });
    expect(asRoot?.securityContext).toMatchObject({ runAsUser: 0, runAsNonRoot: false });
  });

  it('has a kubelet change nothing of a claim that is only read, not even whom its files belong to', () => {
    const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: true } };
    expect(podOf()?.volumes).toContainEqual(claim);
    const written = podOf({ claim: { name: 'data', readOnly: false } });
    expect(written?.volumes).toContainEqual({ name: 'data', persistentVolumeClaim: { claimName: 'data' } });
  });

  it('has as root what it takes to keep whose files are whose, and as anybody else nothing', () => {
    const asRoot = podOf({ mover: { securityContext: { runAsUser: 0 } } });
    expect(asRoot?.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETFCAP'] },
    });
    // A kubelet would give it all of the volume's files.
    expect(asRoot?.securityContext).not.toHaveProperty('fsGroup');
    expect(podOf({ runAs: { user: 1000 } })?.containers[0]?.securityContext?.capabilities).toEqual({ drop: ['ALL'] });
  });

  it('has the claim that its own is compared with mounted too, and cannot write to that', () => {
    const pod = podOf({ claim: { name: 'new', readOnly: false }, comparedWith: 'old' });
    const { volumeMounts: mounts = [] } = pod?.containers[0] ?? {};
    expect(pod?.volumes).toContainEqual({
      name: 'source',
      persistentVolumeClaim: { claimName: 'old', readOnly: true },
    });
    expect(mounts).toContainEqual({ name: 'source', mountPath: '/source', readOnly: true });
    expect(mounts).toContainEqual({ name: 'data', mountPath: '/data' });
  });

  it('runs where a claim that one node has can be mounted', () => {
    expect(JSON.stringify(podOf({ node: 'worker-1' })?.affinity)).toContain('worker-1');
    expect(podOf()?.affinity).toBeUndefined();
  });
});
