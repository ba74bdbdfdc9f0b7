/**
 * What every pod that we make for a Job has in common: as restricted as the strictest Pod Security standard asks
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), without a token, run to its end once. Pure.
 */
import type { RunAs } from '#crds/run/mover.ts';

/** The user of the operator's image, when nothing says as whom files are to be read. */
const defaultUser = 65532;

export function restrictedPod({ user = defaultUser, group = user, fsGroup = group }: RunAs) {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsUser: user,
      runAsGroup: group,
      runAsNonRoot: user !== 0,
      // Also what makes the Secrets' files, which only their group may read, readable.
      fsGroup,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

export const restrictedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
