/**
 * What every pod that we make for a Job has in common: as restricted as the strictest Pod Security standard asks
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), without a token, run to its end once. Pure.
 */
import type { RunAs } from '#crds/run/mover.ts';
import { Job } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';

/** The user of the operator's image, when nothing says as whom files are to be read. */
const defaultUser = 65532;

type PodSpec = NonNullable<NonNullable<Job['spec']>['template']['spec']>;

/** A Job of one pod, tried once. */
export interface RestrictedJob {
  /** of the Job: a DNS label */
  readonly name: string;
  /** of the Job and of its pod */
  readonly labels: Readonly<Record<string, string>>;
  readonly activeDeadlineSeconds: number;
  readonly runAs: RunAs;
  /** what is its own */
  readonly pod: Omit<PodSpec, keyof ReturnType<typeof restrictedPod>>;
}

export function restrictedJob({ name, labels, activeDeadlineSeconds, runAs, pod }: RestrictedJob): Applied<Job> {
  return {
    apiVersion: apiVersionOf(Job),
    kind: Job.kind,
    metadata: { name, labels },
    spec: {
      // Attempts are counted by the run, which knows what each of them failed of.
      backoffLimit: 0,
      activeDeadlineSeconds,
      template: { metadata: { labels }, spec: { ...restrictedPod(runAs), ...pod } },
    },
  };
}

/** Root reads the Secrets' files as their owner, and needs no volume opened to it: that would change the volume. */
function restrictedPod({ user = defaultUser, group = user, fsGroup = user === 0 ? undefined : group }: RunAs) {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsUser: user,
      runAsGroup: group,
      runAsNonRoot: user !== 0,
      // Also what makes the Secrets' files, which only their group may read, readable.
      ...(fsGroup === undefined ? {} : { fsGroup, fsGroupChangePolicy: 'OnRootMismatch' }),
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

export const restrictedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/**
 * What root needs to read everybody's files and to give them back to whom they belong, with their permissions, capabilities and
 * devices. All of it is in the Pod Security standard "baseline", the strictest that lets root in at all.
 */
export const fileKeeper = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETFCAP'] },
};
