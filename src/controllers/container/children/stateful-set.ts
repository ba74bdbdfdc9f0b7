/** The StatefulSet of a Container with claims: one claim a volume and replica, kept when pods and replicas go. */

import { claimVolumes } from '#contracts/container/claims.ts';
import type { Container } from '#crds/container.ts';
import { StatefulSet } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { claimSpec } from './claim.ts';
import { childMeta, selectorLabels } from './labels.ts';
import { buildPodTemplate } from './pod-template.ts';

export function buildStatefulSet(
  container: Container,
  replicas: number,
  live: StatefulSet | undefined,
): Applied<StatefulSet> {
  return {
    apiVersion: apiVersionOf(StatefulSet),
    kind: StatefulSet.kind,
    metadata: childMeta(container),
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      serviceName: container.metadata.name,
      // Parallel, because with OrderedReady a pod that never gets ready blocks the very update that would mend it:
      // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorLabels(container) },
      updateStrategy: buildUpdateStrategy(container.spec.update),
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      template: buildPodTemplate(container),
      volumeClaimTemplates: buildClaimTemplates(container, live),
    },
  };
}

/** One pod at a time unless the spec says otherwise; the field is left out then, as older API servers drop it. */
function buildUpdateStrategy(update: Container['spec']['update']) {
  const maxUnavailable = update?.strategy === 'Recreate' ? '100%' : update?.maxUnavailable;
  return { type: 'RollingUpdate', ...(maxUnavailable === undefined ? {} : { rollingUpdate: { maxUnavailable } }) };
}

/**
 * Templates cannot change in a living StatefulSet, and need not: Dokkerr makes each claim itself before the StatefulSet
 * would. So a template that exists keeps the size it was made with.
 */
function buildClaimTemplates(container: Container, live: StatefulSet | undefined) {
  return claimVolumes(container).map((volume) => {
    const existing = live?.spec.volumeClaimTemplates?.find((template) => template.metadata?.name === volume.name)?.spec;
    const size = existing?.resources?.requests?.storage ?? volume.claim.size;
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: volume.name },
      spec: claimSpec({ ...volume, claim: { ...volume.claim, size } }, existing && { spec: existing }),
    };
  });
}

/** Whether the set of claims changed, which a StatefulSet cannot follow: it is then replaced around its living pods. */
export function claimsDiffer(container: Container, live: StatefulSet): boolean {
  const wanted = claimVolumes(container).map(({ name }) => name);
  const has = (live.spec?.volumeClaimTemplates ?? []).map((template) => template.metadata?.name);
  return wanted.length !== has.length || wanted.some((name) => !has.includes(name));
}
