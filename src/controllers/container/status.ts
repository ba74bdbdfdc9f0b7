/** What a pass found, summed up in one status. Pure: the engine dates the conditions and writes only what differs. */

import { containerLabel } from '#contracts/container/claims.ts';
import { stoppedFor } from '#contracts/container/stop.ts';
import type { Container, ContainerPhase } from '#crds/container.ts';
import { lastErrorOf } from '#runtime/controller/summary.ts';
import type { StatedStatus } from '#runtime/controller/types.ts';
import type { DokkerrError } from '#runtime/errors.ts';
import type { StepResult, Walk } from '#runtime/itinerary/types.ts';
import { conditionsOf } from './conditions.ts';
import { endpointsOf } from './endpoints.ts';
import { countRestored } from './recovery/restored.ts';
import { knownOf } from './recovery/trouble.ts';
import { isComplete, type Rollout, readRollout } from './rollout.ts';
import type { ContainerScope } from './scope.ts';
import { volumeStatuses } from './volumes.ts';

/** The whole new status. */
export function summarise(scope: ContainerScope, walk: Walk): StatedStatus<Container> {
  const { container, replicas, live, pass } = scope;
  const rollout = readRollout(scope);
  const volumes = volumeStatuses(scope);
  const endpoints = endpointsOf(container, live.service);
  const error = errorOf(walk.stoppedAt?.result);
  const { recovery, restored } = recoveryOf(scope, walk);
  const lastError = lastErrorOf(walk, container.status?.lastError, pass.now());
  return {
    ...(container.metadata.generation === undefined ? {} : { observedGeneration: container.metadata.generation }),
    phase: phaseOf(scope, rollout, error),
    replicas: rollout.replicas,
    readyReplicas: rollout.readyReplicas,
    updatedReplicas: rollout.updatedReplicas,
    ready: `${rollout.readyReplicas}/${replicas}`,
    selector: `${containerLabel}=${container.metadata.name}`,
    ...(rollout.revision === undefined ? {} : { currentRevision: rollout.revision }),
    ...(endpoints.length === 0 ? {} : { endpoints }),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(recovery === undefined ? {} : { recovery }),
    ...(restored === undefined ? {} : { restored }),
    conditions: conditionsOf(scope, walk, volumes),
  };
}

/** As it was where the walk did not come to it: an attempt that was not made does not count. */
function recoveryOf(
  scope: ContainerScope,
  walk: Walk,
): Pick<NonNullable<Container['status']>, 'recovery' | 'restored'> {
  const { container, recovery, pass } = scope;
  const isDone = walk.steps.some(({ name, result }) => name === 'Recover' && result.kind === 'done');
  const record = isDone ? recovery.record : knownOf(container).record;
  const restored = isDone ? countRestored(container, pass.children.made, pass.now()) : container.status?.restored;
  return {
    ...(record === undefined ? {} : { recovery: record }),
    ...(restored === undefined ? {} : { restored }),
  };
}

function errorOf(result: StepResult | undefined): DokkerrError | undefined {
  return result?.kind === 'fail' ? result.error : undefined;
}

/** Phases in which the Container has run before, so that missing pods are a loss and not a beginning. */
const hasRun: ReadonlySet<ContainerPhase> = new Set(['Running', 'Updating', 'Degraded', 'Suspended']);

function phaseOf(
  { container, replicas }: ContainerScope,
  rollout: Rollout,
  error: DokkerrError | undefined,
): ContainerPhase {
  const { metadata, spec, status } = container;
  if (metadata.deletionTimestamp !== undefined) return 'Deleting';
  if (error?.class === 'permanent') return 'Failed';
  if (isComplete(rollout, replicas))
    return spec.suspend || stoppedFor(container) !== undefined ? 'Suspended' : 'Running';
  const ranBefore = (status?.phase !== undefined && hasRun.has(status.phase)) || rollout.readyReplicas > 0;
  if (!ranBefore) return error === undefined ? 'Creating' : 'Pending';
  // A revision that was complete and is not any more has lost pods, whatever counts are left of them.
  const sameSpec = status?.observedGeneration === metadata.generation;
  const sameRevision = rollout.observed && rollout.revision === status?.currentRevision;
  const wasComplete = status?.phase === 'Running' || status?.phase === 'Degraded';
  return sameSpec && sameRevision && wasComplete ? 'Degraded' : 'Updating';
}
