/** Everything one pass over a Container reads: its children from the cache, and the cluster it has to fit into. */

import { claimVolumes, containerLabel } from '#contracts/container/claims.ts';
import { wantedReplicas } from '#contracts/container/stop.ts';
import { slimNodes } from '#contracts/node/nodes.ts';
import type { Container } from '#crds/container.ts';
import { Deployment, Node, PersistentVolumeClaim, Pod, Service, StatefulSet } from '#runtime/client/kinds.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { currentPods } from './current-pods.ts';
import { decideRecovery, type RecoveryDecision, type Trouble } from './recovery/decide.ts';
import { nodeState } from './recovery/node-state.ts';
import { findTrouble, knownOf } from './recovery/trouble.ts';
import { isComplete, readRollout } from './rollout.ts';

export interface ContainerScope extends WorkloadScope {
  /** what is wrong with the pods that replacing them may mend; absent while all are ready */
  readonly trouble: Trouble | undefined;
  /** what this pass does about it */
  readonly recovery: RecoveryDecision;
}

/** The part that speaks of the Container and its workload alone. */
export interface WorkloadScope {
  readonly pass: Pass<Container>;
  readonly container: Container;
  /** always set: a Container is namespaced */
  readonly namespace: string;
  /** pods wanted now: none while suspended or stopped for somebody */
  readonly replicas: number;
  /** a StatefulSet is wanted, because there are claims */
  readonly stateful: boolean;
  readonly live: LiveChildren;
}

/** As the pass itself left them, else as the cache has them. */
export interface LiveChildren {
  readonly deployment: Deployment | undefined;
  readonly statefulSet: StatefulSet | undefined;
  readonly service: Service | undefined;
  /** every claim made for this Container, also of replicas no longer wanted */
  readonly claims: readonly PersistentVolumeClaim[];
  readonly pods: readonly Pod[];
}

/** Index of pods and claims by the Container they are labelled with: `namespace/name`. */
export const byContainer = 'container';

/** Index key of one object that carries our label. */
export function containerIndex(object: {
  metadata: { namespace?: string; labels?: Record<string, string> };
}): string[] {
  const name = object.metadata.labels?.[containerLabel];
  return name === undefined ? [] : [`${object.metadata.namespace ?? ''}/${name}`];
}

export function readScope(pass: Pass<Container>): ContainerScope {
  const workload = readWorkload(pass);
  const trouble = readTrouble(workload);
  const facts = { trouble, ...knownOf(pass.object), now: pass.now() };
  // Not spread: what is live is asked anew each time.
  return Object.assign(workload, { trouble, recovery: decideRecovery(facts, pass.object.spec.recovery) });
}

function readTrouble(workload: WorkloadScope): Trouble | undefined {
  const { pass, live, replicas } = workload;
  if (isComplete(readRollout(workload), replicas)) return undefined;
  const nodes = pass.cache.omits(Node) ? undefined : pass.cache.informer(Node, slimNodes);
  const { metadata, status } = pass.object;
  // A changed spec is applied only by this pass: the pods there are still those of the one before.
  const isApplied = status?.observedGeneration === metadata.generation;
  return findTrouble({
    pods: live.pods,
    current: isApplied ? currentPods(workload) : [],
    stateOf: (name) => (nodes === undefined ? 'Answering' : nodeState(nodes.get({ name }))),
  });
}

function readWorkload(pass: Pass<Container>): WorkloadScope {
  const { object: container, children, cache } = pass;
  const { name, namespace = '' } = container.metadata;
  const labelled = `${namespace}/${name}`;
  return {
    pass,
    container,
    namespace,
    replicas: wantedReplicas(container),
    stateful: claimVolumes(container).length > 0,
    live: {
      // Asked anew each time: what a step has written counts from then on, or a rollout that the pass itself began
      // would be judged by the counts of the one before.
      get deployment() {
        return children.get(Deployment, name);
      },
      get statefulSet() {
        return children.get(StatefulSet, name);
      },
      get service() {
        return children.get(Service, name);
      },
      claims: cache.informer(PersistentVolumeClaim, labelledClaims).by(byContainer, labelled),
      pods: cache.informer(Pod, labelledPods).by(byContainer, labelled),
    },
  };
}

/** Claims of Containers only, found again by their Container. */
export const labelledClaims = { labelSelector: containerLabel, indexes: { [byContainer]: containerIndex } };

/** Pods of Containers only, without the parts of their spec that nobody here reads. */
export const labelledPods = {
  labelSelector: containerLabel,
  indexes: { [byContainer]: containerIndex },
  transform: slimPod,
};

/** Keeps what says how a pod fares: its node, its requests, the claims it mounts and its status. */
function slimPod(pod: Pod): Pod {
  const { nodeName, containers, volumes = [] } = pod.spec ?? { containers: [] };
  return {
    ...pod,
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: containers.map(({ name, image, resources }) => ({
        name,
        ...(image === undefined ? {} : { image }),
        ...(resources === undefined ? {} : { resources }),
      })),
      volumes: volumes.filter(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined),
    },
  };
}
