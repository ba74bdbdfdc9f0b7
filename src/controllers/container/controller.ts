/** The controller of `Container`: what it watches, what it may do, and the steps every pass walks. */

import { slimNodes } from '#contracts/node/nodes.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
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
import { defineController, owned, watched } from '#runtime/controller/controller.ts';
import { labelledClaims, labelledPods, readScope } from './scope.ts';
import { summarise } from './status.ts';
import { checkResources } from './steps/check-resources.ts';
import { configureNetwork } from './steps/configure-network.ts';
import { create } from './steps/create.ts';
import { mountVolumes } from './steps/mount-volumes.ts';
import { recover } from './steps/recover.ts';
import { scheduleBackups } from './steps/schedule-backups.ts';
import { start } from './steps/start.ts';
import { validateInput } from './steps/validate-input.ts';
import { blockedInNamespace, blockedOnCluster, concernedByNode, labelledContainer } from './watches.ts';

export const containerController = defineController({
  name: 'container',
  kind: Container,
  owns: [
    owned(Deployment),
    owned(StatefulSet),
    owned(Service),
    owned(NetworkPolicy),
    owned(PodDisruptionBudget),
    owned(Ingress),
    owned(HTTPRoute, { optional: true }),
    owned(PersistentVolumeClaim, { options: labelledClaims }),
    owned(BackupSchedule),
  ],
  watches: [
    watched(PersistentVolumeClaim, labelledContainer, { options: labelledClaims }),
    watched<Pod>(Pod, labelledContainer, { options: labelledPods }),
    watched(Node, concernedByNode, { options: slimNodes, verbs: ['get'] }),
    watched(StorageClass, blockedOnCluster, { verbs: ['get'] }),
    watched(ResourceQuota, blockedInNamespace),
    watched(LimitRange, blockedInNamespace),
  ],
  rules: [
    // By name only: what a spec refers to is read, never listed, and of a Secret only its keys.
    { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get'] },
    // Those that lack an added volume, which no StatefulSet replaces, and those that fail for good where they are.
    { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
  ],
  concurrency: 10,
  scope: readScope,
  steps: [validateInput, checkResources, mountVolumes, configureNetwork, scheduleBackups, create, recover, start],
  status: summarise,
});
