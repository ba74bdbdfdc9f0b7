/** What the operator reports of a Container. */
import * as z from 'zod';
import { type Condition, conditions } from '../schema/condition.ts';
import { lastError } from '../schema/failure.ts';
import { listOf } from '../schema/lists.ts';
import { text } from '../schema/names.ts';
import { recoveryStatus, restored } from './recovery.ts';

/**
 * Conditions of a Container. The first three are those kstatus reads
 * (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus):
 * - `Ready`: every replica wanted is up and of the current revision
 * - `Reconciling`: on its way to the declared state; absent or False when there or when stuck
 * - `Stalled`: cannot get there until the spec or something named in the message changes
 * - `ResourcesAvailable`: what the spec refers to exists, and what it asks for fits
 * - `VolumesBound`: every claim is bound and has its size
 * - `NetworkConfigured`: Service, policy and route are as declared
 */
export const containerConditions = [
  'Ready',
  'Reconciling',
  'Stalled',
  'ResourcesAvailable',
  'VolumesBound',
  'NetworkConfigured',
] as const;
export type ContainerConditionType = (typeof containerConditions)[number];
export type ContainerCondition = Condition<ContainerConditionType>;

/** Phases of a Container: one word for eyes. Machines read the conditions. */
export const containerPhases = [
  'Pending',
  'Creating',
  'Running',
  'Updating',
  'Degraded',
  'Suspended',
  'Failed',
  'Deleting',
] as const;
export type ContainerPhase = (typeof containerPhases)[number];

const endpoint = z.object({
  type: z
    .enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'Hostname'])
    .describe('From where it answers: within the cluster, at each node, at the load balancer, or by host name.'),
  port: text(15).describe('Name of the port in spec.ports.'),
  address: text(512).describe('What to connect to: host:port, or a URL for a host name.'),
});

const volumeStatus = z.object({
  name: text(63).describe('Name of the volume in spec.volumes.'),
  claim: text(253).describe('Name of the PersistentVolumeClaim.'),
  capacity: text(32).exactOptional().describe('Size it has now.'),
  phase: z
    .enum(['Pending', 'Bound', 'Resizing', 'Lost', 'Missing'])
    .describe('State of the claim: Missing when it does not exist, Resizing while it grows.'),
});

const count = z.int32().min(0);

/** `status`. */
export const containerStatus = z.object({
  observedGeneration: z.int().min(0).exactOptional().describe('Generation of the spec this status is about.'),
  phase: z.enum(containerPhases).exactOptional().describe('One word for eyes; machines read the conditions.'),
  replicas: count.exactOptional().describe('Pods there are.'),
  readyReplicas: count.exactOptional().describe('Pods that are ready.'),
  updatedReplicas: count.exactOptional().describe('Pods of the current revision.'),
  ready: text(23).exactOptional().describe('Pods ready of pods wanted, for example 1/1.'),
  selector: z.string().max(1024).exactOptional().describe('Selects the pods; read by autoscalers.'),
  currentRevision: text(253).exactOptional().describe('Revision the pods are on, or are moving to.'),
  endpoints: listOf(endpoint, 64).exactOptional().describe('Where the Container answers, the best first.'),
  volumes: listOf(volumeStatus, 512).exactOptional().describe('The claims of the Container, one for each replica.'),
  lastError: lastError.exactOptional().describe('The error that holds the Container back; absent when there is none.'),
  recovery: recoveryStatus
    .exactOptional()
    .describe('What is done about pods that fail; absent until some have failed under this spec.'),
  restored: restored.exactOptional().describe('Children that somebody deleted and the operator made again.'),
  conditions: conditions(containerConditions)
    .exactOptional()
    .describe('Ready, Reconciling and Stalled, and one for each concern.'),
});

/** `status.endpoints[]`. */
export type ContainerEndpoint = z.infer<typeof endpoint>;
/** `status.volumes[]`. */
export type ContainerVolumeStatus = z.infer<typeof volumeStatus>;
