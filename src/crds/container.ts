/** The kind `Container`: one workload with its volumes and its network. Its parts are in `container/`. */
import * as z from 'zod';
import { regularBackup } from './container/backup.ts';
import { environment, environmentSources } from './container/environment.ts';
import { network } from './container/network.ts';
import { ports } from './container/ports.ts';
import { probes } from './container/probes.ts';
import { recovery } from './container/recovery.ts';
import { resources } from './container/resources.ts';
import { scheduling } from './container/scheduling.ts';
import { securityContext } from './container/security.ts';
import { containerStatus } from './container/status.ts';
import { disruption, update } from './container/update.ts';
import { volumes } from './container/volumes.ts';
import { defineKind } from './kind.ts';
import { rule, rules } from './schema/annotations.ts';
import { labelMap, nameList } from './schema/labels.ts';
import { listOf } from './schema/lists.ts';
import { objectName, text } from './schema/names.ts';
import type { Resource } from './schema/object.ts';

export type { EnvironmentVariable } from './container/environment.ts';
export type { Network, NetworkPeer } from './container/network.ts';
export type { ContainerPort } from './container/ports.ts';
export type { Probe } from './container/probes.ts';
export type { RecoveryCause, RecoveryPolicy, RecoveryStatus, RestoredChildren } from './container/recovery.ts';
export type { Resources } from './container/resources.ts';
export type { Scheduling } from './container/scheduling.ts';
export type { SecurityContext } from './container/security.ts';
export {
  type ContainerCondition,
  type ContainerConditionType,
  type ContainerEndpoint,
  type ContainerPhase,
  type ContainerVolumeStatus,
  containerConditions,
  containerPhases,
} from './container/status.ts';
export type { Update } from './container/update.ts';
export { type ContainerVolume, type VolumeClaim, type VolumeSource, volumeSources } from './container/volumes.ts';
export type { LabelSelector } from './schema/labels.ts';

/** Labels the operator gives to pods itself, so nobody else may. */
const reservedLabel = "k.startsWith('dokkerr.io/') || k == 'app.kubernetes.io/name'";

const containerSpec = z
  .object({
    image: text(512).regex(/^\S+$/).describe('Image to run, for example ghcr.io/example/notes:1.4 or with a digest.'),
    imagePullPolicy: z
      .enum(['Always', 'IfNotPresent', 'Never'])
      .exactOptional()
      .describe('When to pull the image. Without it: Always for the tag latest, otherwise IfNotPresent.'),
    imagePullSecrets: nameList(16, 'Name of a Secret of type kubernetes.io/dockerconfigjson.')
      .exactOptional()
      .describe('Secrets for registries that ask who is there.'),
    replicas: z
      .int32()
      .min(0)
      .default(1)
      .describe('How many pods. Each has claims of its own. `kubectl scale` and autoscalers set it too.'),
    command: listOf(z.string().max(65_536), 256).exactOptional().describe("Replaces the image's entry point."),
    args: listOf(z.string().max(65_536), 256).exactOptional().describe("Replaces the image's arguments."),
    workingDir: text(1024).regex(/^\//).exactOptional().describe("Folder to start in; the image's own when absent."),
    env: environment.exactOptional().describe('Environment variables.'),
    envFrom: environmentSources.exactOptional().describe('Environment variables from whole ConfigMaps and Secrets.'),
    resources: resources
      .exactOptional()
      .describe(
        'What a pod asks of a node and may use. It is checked against the nodes and the quota before pods are made.',
      ),
    ports: ports.default([]).describe('Ports the program listens on. Each is offered by the Service.'),
    probes: probes.exactOptional().describe('Health checks.'),
    volumes: volumes.default([]).describe('What is mounted where. With a claim the Container runs as a StatefulSet.'),
    network: network.prefault({}).describe('How the Container is reached, and whom it may reach.'),
    update: update.prefault({}).describe('How pods are replaced when the spec changes.'),
    recovery: recovery.prefault({}).describe('What is done about pods that crash again and again or lose their node.'),
    disruption: disruption.exactOptional().describe('What drains and upgrades of nodes must leave running.'),
    securityContext: securityContext
      .exactOptional()
      .describe(
        'Changes to the restricted defaults: not root, no privilege escalation, no capabilities, the default seccomp profile.',
      ),
    serviceAccountName: objectName
      .exactOptional()
      .describe('ServiceAccount of the pods. Without it they get no token of the API server.'),
    scheduling: scheduling.exactOptional().describe('Where the pods may run.'),
    backup: regularBackup
      .exactOptional()
      .describe(
        'Back up every claim at fixed times: a BackupSchedule of this name, kept as declared here. The backups stay when this is taken away, or the Container.',
      ),
    suspend: z
      .boolean()
      .default(false)
      .describe('Stop all pods and keep everything else: claims, Service, address. False brings them back.'),
    terminationGracePeriodSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .exactOptional()
      .describe('Seconds between SIGTERM and SIGKILL. 30 unless declared.'),
    podLabels: labelMap
      .meta(
        rules(
          rule(
            `self.all(k, !(${reservedLabel}))`,
            'labels under dokkerr.io/ and app.kubernetes.io/name are set by the operator: use another key',
          ),
        ),
      )
      .exactOptional()
      .describe('Further labels of the pods.'),
    podAnnotations: z
      .record(z.string(), z.string().max(16_384))
      .meta({ maxProperties: 64 })
      .exactOptional()
      .describe('Further annotations of the pods, for example for scraping or sidecars.'),
  })
  .meta(
    rules(
      rule(
        'self.network.hostnames.size() == 0 && !has(self.network.gatewayRef) || self.ports.size() > 0',
        'hostnames and gatewayRef lead to a port: declare at least one under ports',
        '.network',
      ),
      rule(
        '!has(self.backup) || self.volumes.exists(v, has(v.claim))',
        'there is nothing to back up: declare a volume with a claim, or remove backup',
        '.backup',
      ),
      rule(
        '!has(self.disruption) || !has(self.disruption.minAvailable) || type(self.disruption.minAvailable) != int || self.replicas == 0 || self.disruption.minAvailable <= self.replicas',
        'minAvailable is above replicas: write at most the number of replicas, or a percentage',
        '.disruption',
      ),
    ),
  );

/** What a user declares, defaults filled in as the API server does. */
export interface ContainerSpec extends z.output<typeof containerSpec> {}
/** What a user has to write: everything with a default is optional. */
export interface ContainerSpecInput extends z.input<typeof containerSpec> {}
/** What the operator reports. */
export interface ContainerStatus extends z.output<typeof containerStatus> {}

/** One workload with its volumes and its network. */
export const Container = defineKind({
  kind: 'Container',
  plural: 'containers',
  shortNames: ['ctr'],
  description:
    'One workload with its volumes and its network. It runs as a Deployment, or as a StatefulSet where it has claims; its Service, network policy, route and disruption budget are kept beside it. Deleting it keeps the data unless a claim says otherwise.',
  spec: containerSpec,
  status: containerStatus,
  rules: [
    rule(
      'self.metadata.name.size() <= 52',
      'the name of a Container has at most 52 characters, since pods carry it in a label beside a hash: write a shorter one',
      '.metadata.name',
    ),
    rule(
      '!has(self.spec.backup) || self.metadata.name.size() <= 50',
      'the name of a Container with regular backups has at most 50 characters, since they carry it in a label: write a shorter one',
      '.metadata.name',
    ),
    rule(
      "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
      'the name of a Container is also that of its Service: start with a letter, then write only a-z, 0-9 and -',
      '.metadata.name',
    ),
  ],
  columns: [
    { name: 'Image', type: 'string', jsonPath: '.spec.image', description: 'Image that is declared.' },
    { name: 'Ready', type: 'string', jsonPath: '.status.ready', description: 'Pods ready of pods wanted.' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'What is going on, in one word.' },
    {
      name: 'Endpoint',
      type: 'string',
      jsonPath: '.status.endpoints[0].address',
      description: 'Where the Container answers.',
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when it is there.' },
  ],
  scale: {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  },
});

/** A Container as the API server returns it. */
export interface Container extends Resource<ContainerSpec, ContainerStatus> {}
