/** The Job that runs one mover: restricted, without a token, its secrets mounted, its data at one place. Pure. */
import type { BackupStore } from '#crds/backup-store.ts';
import type { Mover, RunAs, RunPolicy } from '#crds/run/mover.ts';
import type { Job } from '#runtime/client/kinds.ts';
import type { Applied } from '#runtime/client/types.ts';
import { podResources } from '../pod/resources.ts';
import { fileKeeper, restrictedContainer, restrictedJob } from '../pod/restricted.ts';
import { keySecretOf, repositoryOf } from '../store/location.ts';
import { moverFiles, passwordFile, requestVariable } from './files.ts';
import { type MoverOrder, type MoverRequest, moverRequest } from './request.ts';

/** On Jobs and pods of movers: what they do. */
export const moverLabel = 'dokkerr.io/mover';
/** On Jobs and pods of movers: which store they work on. */
export const storeLabel = 'dokkerr.io/store';
/** Key of a repository's Secret: the password that is about to replace the one in use. */
export const nextPasswordKey = 'nextPassword';
/** The one container of a mover's pod. */
export const moverContainer = 'mover';

/** restic held 160 to 230 MB for 20 000 files of 2 GiB; its index grows with the repository. */
const defaultResources = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } };

type Volume = NonNullable<NonNullable<Job['spec']>['template']['spec']>['volumes'];
interface Mounted {
  readonly volume: NonNullable<Volume>[number];
  readonly mountPath: string;
  readonly readOnly: boolean;
}

/** A claim and how it is mounted. */
interface MountedClaim {
  readonly name: string;
  readonly readOnly: boolean;
}

/** One mover as the operator wants it. */
export interface MoverRun {
  /** of the Job: a DNS label */
  readonly name: string;
  readonly store: BackupStore;
  /** without the repository, which the store says */
  readonly request: MoverOrder;
  /** what is mounted at `/data` */
  readonly claim?: MountedClaim;
  /** the claim with which that is compared in the end, mounted at `/source` */
  readonly comparedWith?: string;
  /** whether the password that is to replace the one in use is mounted too */
  readonly newKey?: boolean;
  readonly runAs?: RunAs;
  readonly mover?: Mover;
  readonly policy: RunPolicy;
  /** the only node on which the claims can be mounted */
  readonly node?: string;
  /** nodes it must not run on */
  readonly avoidNodes?: readonly string[];
}

/** @param image the operator's own */
export function buildMoverJob(run: MoverRun, image: string): Applied<Job> {
  const { name, store, policy } = run;
  const labels = { [moverLabel]: run.request.operation, [storeLabel]: store.metadata.name };
  const runAs = runAsOf(run);
  const settings = { ...store.spec.moverDefaults, ...run.mover };
  const mounts = [...mountsOf(run), { volume: { name: 'tmp', emptyDir: {} }, mountPath: '/tmp', readOnly: false }];
  return restrictedJob({
    name,
    labels,
    activeDeadlineSeconds: policy.activeDeadlineSeconds,
    runAs,
    pod: {
      ...(settings.priorityClassName === undefined ? {} : { priorityClassName: settings.priorityClassName }),
      ...placement(run, settings),
      containers: [
        {
          name: moverContainer,
          image,
          args: ['mover'],
          env: [{ name: requestVariable, value: JSON.stringify(requestOf(run)) }],
          resources: podResources(settings.resources ?? defaultResources),
          terminationMessagePath: moverFiles.result,
          // Root without these could read less than the owner of the files, and give nothing back to anybody.
          securityContext: { ...(runAs.user === 0 ? fileKeeper : restrictedContainer), readOnlyRootFilesystem: true },
          volumeMounts: mounts.map(({ volume, mountPath, readOnly }) => ({
            name: volume.name,
            mountPath,
            ...(readOnly ? { readOnly } : {}),
          })),
        },
      ],
      volumes: mounts.map(({ volume }) => volume),
    },
  });
}

/** Checked here, so that a request which no mover would take never becomes a pod. */
function requestOf({ request, store }: MoverRun): MoverRequest {
  return moverRequest.parse({ ...request, repository: repositoryOf(store), limits: store.spec.throttle ?? {} });
}

function mountsOf({ store, claim, comparedWith, newKey = false }: MoverRun): Mounted[] {
  const { credentialsRef, caBundleRef } = store.spec.s3;
  const caFolder = moverFiles.caBundle.slice(0, moverFiles.caBundle.lastIndexOf('/'));
  const caFile = moverFiles.caBundle.slice(caFolder.length + 1);
  return [
    secret('credentials', credentialsRef.name, moverFiles.credentials),
    secret('key', keySecretOf(store), moverFiles.key, [{ key: passwordFile, path: passwordFile }]),
    ...(newKey
      ? [secret('new-key', keySecretOf(store), moverFiles.newKey, [{ key: nextPasswordKey, path: passwordFile }])]
      : []),
    { volume: { name: 'cache', emptyDir: {} }, mountPath: moverFiles.cache, readOnly: false },
    ...(caBundleRef === undefined
      ? []
      : [
          {
            volume: {
              name: 'ca',
              configMap: { name: caBundleRef.name, items: [{ key: caBundleRef.key, path: caFile }] },
            },
            mountPath: caFolder,
            readOnly: true,
          },
        ]),
    ...(claim === undefined ? [] : [claimMounted('data', claim, moverFiles.data)]),
    ...(comparedWith === undefined
      ? []
      : [claimMounted('source', { name: comparedWith, readOnly: true }, moverFiles.source)]),
  ];
}

/** Of a volume that is to be read only kubelets change nothing either: else they would give all of its files to the mover's group. */
function claimMounted(name: string, { name: claimName, readOnly }: MountedClaim, mountPath: string): Mounted {
  const persistentVolumeClaim = { claimName, ...(readOnly ? { readOnly } : {}) };
  return { volume: { name, persistentVolumeClaim }, mountPath, readOnly };
}

/** @param items which of its keys, and under which names; all of them when absent */
function secret(
  name: string,
  secretName: string,
  mountPath: string,
  items?: { readonly key: string; readonly path: string }[],
): Mounted {
  const source = { secretName, defaultMode: 0o440, ...(items === undefined ? {} : { items }) };
  return { volume: { name, secret: source }, mountPath, readOnly: true };
}

/** What the spec or the store says, else whom the files belong to. */
function runAsOf({ store, runAs = {}, mover }: MoverRun): RunAs {
  const wanted = { ...store.spec.moverDefaults?.securityContext, ...mover?.securityContext };
  const { runAsUser: user = runAs.user, runAsGroup: group = runAs.group, fsGroup = runAs.fsGroup } = wanted;
  return {
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    ...(fsGroup === undefined ? {} : { fsGroup }),
  };
}

function placement({ node, avoidNodes = [] }: MoverRun, { nodeSelector }: Mover) {
  const matchFields = [
    ...(node === undefined ? [] : [{ key: 'metadata.name', operator: 'In', values: [node] }]),
    // Of a name only one value may stand in each.
    ...avoidNodes.map((name) => ({ key: 'metadata.name', operator: 'NotIn', values: [name] })),
  ];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(matchFields.length === 0
      ? {}
      : { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }),
  };
}
