/** The controller of `Container`: what it watches, what it may do, and the steps every pass walks. */
import { Container } from '#crds/container.ts';
import {
  Deployment,
  HTTPRoute,
  Ingress,
  LimitRange,
  NetworkPolicy,
  Node,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ResourceQuota,
  Service,
  StatefulSet,
  StorageClass,
} from '#runtime/client/kinds.ts';
import { defineController } from '#runtime/controller/controller.ts';
import { labelledClaims, labelledPods, readScope } from './scope.ts';
import { summarise } from './status.ts';
import { checkResources } from './steps/check-resources.ts';
import { configureNetwork } from './steps/configure-network.ts';
import { create } from './steps/create.ts';
import { mountVolumes } from './steps/mount-volumes.ts';
import { start } from './steps/start.ts';
import { validateInput } from './steps/validate-input.ts';
import { blockedInNamespace, blockedOnCluster, labelledContainer, slimNode } from './watches.ts';

export const containerController = defineController({
  name: 'container',
  kind: Container,
  owns: [
    { kind: Deployment },
    { kind: StatefulSet },
    { kind: Service },
    { kind: NetworkPolicy },
    { kind: PodDisruptionBudget },
    { kind: Ingress },
    { kind: HTTPRoute, optional: true },
    { kind: PersistentVolumeClaim, options: labelledClaims },
  ],
  watches: [
    { kind: Pod, options: labelledPods, map: labelledContainer },
    { kind: PersistentVolumeClaim, options: labelledClaims, map: labelledContainer },
    { kind: Node, options: { transform: slimNode }, map: blockedOnCluster },
    { kind: StorageClass, map: blockedOnCluster },
    { kind: ResourceQuota, map: blockedInNamespace },
    { kind: LimitRange, map: blockedInNamespace },
  ],
  rules: [
    // By name only: what a spec refers to is read, never listed, and of a Secret only its keys.
    { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get'] },
  ],
  concurrency: 10,
  scope: readScope,
  steps: [validateInput, checkResources, mountVolumes, configureNetwork, create, start],
  status: summarise,
});
