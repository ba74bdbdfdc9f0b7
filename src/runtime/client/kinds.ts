/** The kinds of others that Dokkerr reads and writes; each name is both the type of its objects and its `Kind`. */
import type * as k8s from '@kubernetes/client-node';
import type { Json } from './json.ts';
import type { Kind, KubernetesObject } from './types.ts';

/** A kind with the usual two halves. */
interface Typed<Spec, Status = never> extends KubernetesObject {
  spec: Json<Spec>;
  status?: Json<Status>;
}

/** The body of a kind without `spec`, beside identity and metadata. */
type Flat<Body> = KubernetesObject & Omit<Json<Body>, 'apiVersion' | 'kind' | 'metadata'>;

const define = <T extends KubernetesObject>(
  group: string,
  version: string,
  kind: string,
  plural: string,
  scope: 'namespaced' | 'cluster' = 'namespaced',
): Kind<T> => ({ group, version, kind, plural, namespaced: scope === 'namespaced' });

// Workloads
export type Deployment = Typed<k8s.V1DeploymentSpec, k8s.V1DeploymentStatus>;
export const Deployment = define<Deployment>('apps', 'v1', 'Deployment', 'deployments');
export type StatefulSet = Typed<k8s.V1StatefulSetSpec, k8s.V1StatefulSetStatus>;
export const StatefulSet = define<StatefulSet>('apps', 'v1', 'StatefulSet', 'statefulsets');
export type ReplicaSet = Typed<k8s.V1ReplicaSetSpec, k8s.V1ReplicaSetStatus>;
export const ReplicaSet = define<ReplicaSet>('apps', 'v1', 'ReplicaSet', 'replicasets');
export type ControllerRevision = Flat<k8s.V1ControllerRevision>;
export const ControllerRevision = define<ControllerRevision>('apps', 'v1', 'ControllerRevision', 'controllerrevisions');
export type Job = Typed<k8s.V1JobSpec, k8s.V1JobStatus>;
export const Job = define<Job>('batch', 'v1', 'Job', 'jobs');
export type CronJob = Typed<k8s.V1CronJobSpec, k8s.V1CronJobStatus>;
export const CronJob = define<CronJob>('batch', 'v1', 'CronJob', 'cronjobs');
export type Pod = Typed<k8s.V1PodSpec, k8s.V1PodStatus>;
export const Pod = define<Pod>('', 'v1', 'Pod', 'pods');
export type HorizontalPodAutoscaler = Typed<k8s.V2HorizontalPodAutoscalerSpec, k8s.V2HorizontalPodAutoscalerStatus>;
export const HorizontalPodAutoscaler = define<HorizontalPodAutoscaler>(
  'autoscaling',
  'v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export type PodDisruptionBudget = Typed<k8s.V1PodDisruptionBudgetSpec, k8s.V1PodDisruptionBudgetStatus>;
export const PodDisruptionBudget = define<PodDisruptionBudget>(
  'policy',
  'v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);

// Configuration
export type ConfigMap = Flat<k8s.V1ConfigMap>;
export const ConfigMap = define<ConfigMap>('', 'v1', 'ConfigMap', 'configmaps');
export type Secret = Flat<k8s.V1Secret>;
export const Secret = define<Secret>('', 'v1', 'Secret', 'secrets');
export type ServiceAccount = Flat<k8s.V1ServiceAccount>;
export const ServiceAccount = define<ServiceAccount>('', 'v1', 'ServiceAccount', 'serviceaccounts');

// Storage
export type PersistentVolumeClaim = Typed<k8s.V1PersistentVolumeClaimSpec, k8s.V1PersistentVolumeClaimStatus>;
export const PersistentVolumeClaim = define<PersistentVolumeClaim>(
  '',
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export type PersistentVolume = Typed<k8s.V1PersistentVolumeSpec, k8s.V1PersistentVolumeStatus>;
export const PersistentVolume = define<PersistentVolume>('', 'v1', 'PersistentVolume', 'persistentvolumes', 'cluster');
export type StorageClass = Flat<k8s.V1StorageClass>;
export const StorageClass = define<StorageClass>('storage.k8s.io', 'v1', 'StorageClass', 'storageclasses', 'cluster');

// Network
export type Service = Typed<k8s.V1ServiceSpec, k8s.V1ServiceStatus>;
export const Service = define<Service>('', 'v1', 'Service', 'services');
export type EndpointSlice = Flat<k8s.V1EndpointSlice>;
export const EndpointSlice = define<EndpointSlice>('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices');
export type NetworkPolicy = Typed<k8s.V1NetworkPolicySpec>;
export const NetworkPolicy = define<NetworkPolicy>('networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies');
export type Ingress = Typed<k8s.V1IngressSpec, k8s.V1IngressStatus>;
export const Ingress = define<Ingress>('networking.k8s.io', 'v1', 'Ingress', 'ingresses');

// Cluster and tenancy
export type Node = Typed<k8s.V1NodeSpec, k8s.V1NodeStatus>;
export const Node = define<Node>('', 'v1', 'Node', 'nodes', 'cluster');
export type Namespace = KubernetesObject & { spec?: Json<k8s.V1NamespaceSpec>; status?: Json<k8s.V1NamespaceStatus> };
export const Namespace = define<Namespace>('', 'v1', 'Namespace', 'namespaces', 'cluster');
export type ResourceQuota = Typed<k8s.V1ResourceQuotaSpec, k8s.V1ResourceQuotaStatus>;
export const ResourceQuota = define<ResourceQuota>('', 'v1', 'ResourceQuota', 'resourcequotas');
export type LimitRange = Typed<k8s.V1LimitRangeSpec>;
export const LimitRange = define<LimitRange>('', 'v1', 'LimitRange', 'limitranges');
export type Lease = KubernetesObject & { spec?: Json<k8s.V1LeaseSpec> };
export const Lease = define<Lease>('coordination.k8s.io', 'v1', 'Lease', 'leases');
export type Event = Flat<k8s.EventsV1Event>;
export const Event = define<Event>('events.k8s.io', 'v1', 'Event', 'events');

/** A condition as every API group writes it (`metav1.Condition`). */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  observedGeneration?: number;
  /** RFC 3339 */
  lastTransitionTime: string;
  reason: string;
  message: string;
}

/** Of apiextensions only what tells whether a kind is served. */
export interface CustomResourceDefinition extends KubernetesObject {
  spec: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: { kind: string; plural: string; singular?: string; shortNames?: string[]; categories?: string[] };
    versions: { name: string; served: boolean; storage: boolean; [field: string]: unknown }[];
    [field: string]: unknown;
  };
  status?: { conditions?: Condition[]; storedVersions?: string[] };
}
export const CustomResourceDefinition = define<CustomResourceDefinition>(
  'apiextensions.k8s.io',
  'v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  'cluster',
);

/** What a Gateway API reference to another object looks like. */
interface GatewayReference {
  group?: string;
  kind?: string;
  namespace?: string;
  name: string;
  sectionName?: string;
  port?: number;
}

/** Gateway API v1, as far as a route from hostnames to one Service goes (https://gateway-api.sigs.k8s.io). */
export interface HTTPRoute extends KubernetesObject {
  spec: {
    parentRefs?: GatewayReference[];
    hostnames?: string[];
    rules?: {
      matches?: { path?: { type: 'Exact' | 'PathPrefix'; value: string } }[];
      backendRefs?: (GatewayReference & { weight?: number })[];
    }[];
  };
  status?: { parents: { parentRef: GatewayReference; controllerName: string; conditions?: Condition[] }[] };
}
export const HTTPRoute = define<HTTPRoute>('gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes');

/** snapshot.storage.k8s.io/v1, the parts that name a snapshot's source, its class and whether it can be used. */
export interface VolumeSnapshot extends KubernetesObject {
  spec: {
    volumeSnapshotClassName?: string;
    source: { persistentVolumeClaimName?: string; volumeSnapshotContentName?: string };
  };
  status?: {
    boundVolumeSnapshotContentName?: string;
    creationTime?: string;
    readyToUse?: boolean;
    restoreSize?: string;
    error?: { message?: string; time?: string };
  };
}
export const VolumeSnapshot = define<VolumeSnapshot>(
  'snapshot.storage.k8s.io',
  'v1',
  'VolumeSnapshot',
  'volumesnapshots',
);
export interface VolumeSnapshotClass extends KubernetesObject {
  driver: string;
  deletionPolicy: 'Delete' | 'Retain';
  parameters?: Record<string, string>;
}
export const VolumeSnapshotClass = define<VolumeSnapshotClass>(
  'snapshot.storage.k8s.io',
  'v1',
  'VolumeSnapshotClass',
  'volumesnapshotclasses',
  'cluster',
);
