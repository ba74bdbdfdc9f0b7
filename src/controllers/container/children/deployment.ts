/** The Deployment of a Container that keeps no data of its own. */
import type { Container } from '#crds/container.ts';
import { Deployment } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { childMeta, selectorLabels } from './labels.ts';
import { buildPodTemplate } from './pod-template.ts';

export interface DeploymentChoices {
  /** pods wanted now; absent leaves the number to whoever scales the Deployment */
  replicas: number;
  /** a mounted claim cannot be attached to an old and a new pod at once, so none is added before one is gone */
  exclusiveVolume: boolean;
}

export function buildDeployment(
  container: Container,
  { replicas, exclusiveVolume }: DeploymentChoices,
): Applied<Deployment> {
  return {
    apiVersion: apiVersionOf(Deployment),
    kind: Deployment.kind,
    metadata: childMeta(container),
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(container) },
      strategy: buildStrategy(container.spec.update, exclusiveVolume),
      template: buildPodTemplate(container),
    },
  };
}

function buildStrategy(update: Container['spec']['update'], exclusiveVolume: boolean) {
  if (update?.strategy === 'Recreate') return { type: 'Recreate' };
  const [maxUnavailable, maxSurge] = exclusiveVolume ? [1, 0] : [0, 1];
  return {
    type: 'RollingUpdate',
    rollingUpdate: {
      maxUnavailable: update?.maxUnavailable ?? maxUnavailable,
      maxSurge: update?.maxSurge ?? maxSurge,
    },
  };
}
