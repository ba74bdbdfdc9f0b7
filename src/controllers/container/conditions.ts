/**
 * The conditions of a Container, told from the walk over its steps. kstatus reads three of them: `Stalled=True` is Failed,
 * `Reconciling=True` is InProgress, neither is Current; so at most one of the two is True at any moment.
 */
import { stoppedFor } from '#contracts/container/stop.ts';
import type { ContainerConditionType, ContainerVolumeStatus } from '#crds/container.ts';
import type { ConditionInput } from '#runtime/controller/conditions.ts';
import type { StepResult, Walk } from '#runtime/itinerary/types.ts';
import type { ContainerScope } from './scope.ts';

type Condition = ConditionInput<ContainerConditionType>;

/** All conditions, each said of the generation that was walked. */
export function conditionsOf(
  scope: ContainerScope,
  walk: Walk,
  volumes: readonly ContainerVolumeStatus[],
): Condition[] {
  const stopped = stoppedCondition(scope);
  const blocked = blockerOf(walk, stopped === undefined ? volumes : []);
  const stalled = walk.stoppedAt?.result.kind === 'fail' && walk.stoppedAt.result.error.class === 'permanent';
  const ready = readyCondition(scope, blocked, stopped);
  return [
    ready,
    // In the words of Ready, so that what happened is told once.
    { ...ready, type: 'Reconciling', status: blocked !== undefined && !stalled ? 'True' : 'False' },
    stalledCondition(stalled ? blocked : undefined),
    resourcesCondition(walk, stopped),
    volumesCondition(walk, volumes),
    stepCondition('NetworkConfigured', walk, 'ConfigureNetwork', 'NetworkConfigured', 'the network is as declared'),
  ];
}

interface Blocker {
  reason: string;
  message: string;
}

/** The first thing that keeps the Container from being as declared; volumes do not while it is stopped. */
function blockerOf(walk: Walk, volumes: readonly ContainerVolumeStatus[]): Blocker | undefined {
  return blockerIn(walk.stoppedAt?.result) ?? unboundVolumes(volumes);
}

function blockerIn(result: StepResult | undefined): Blocker | undefined {
  if (result?.kind === 'wait') return { reason: result.reason, message: result.message };
  if (result?.kind === 'fail') return { reason: result.error.reason, message: result.error.message };
  return undefined;
}

/** Growing is not a blocker: the volume serves meanwhile. */
function unboundVolumes(volumes: readonly ContainerVolumeStatus[]): Blocker | undefined {
  const unbound = volumes.filter(({ phase }) => phase !== 'Bound' && phase !== 'Resizing');
  if (unbound.length === 0) return undefined;
  const names = unbound.map(({ claim, phase }) => `${claim} (${phase})`).join(', ');
  return {
    reason: 'VolumesNotBound',
    message: `${unbound.length} of ${volumes.length} claims are not bound: ${names}`,
  };
}

function stoppedCondition({ container }: ContainerScope): Blocker | undefined {
  const requester = stoppedFor(container);
  return requester === undefined
    ? undefined
    : { reason: 'Stopped', message: `stopped for ${requester}; it starts again when that has ended` };
}

function readyCondition(
  { container, replicas }: ContainerScope,
  blocked: Blocker | undefined,
  stopped: Blocker | undefined,
): Condition {
  const why = blocked ?? stopped;
  if (why !== undefined) return { type: 'Ready', status: 'False', ...why };
  return container.spec.suspend
    ? { type: 'Ready', status: 'True', reason: 'Suspended', message: 'suspended as declared; no pod runs' }
    : { type: 'Ready', status: 'True', reason: 'Running', message: `${replicas} of ${replicas} pods are ready` };
}

function stalledCondition(blocked: Blocker | undefined): Condition {
  return blocked === undefined
    ? { type: 'Stalled', status: 'False', reason: 'NotStalled', message: '' }
    : { type: 'Stalled', status: 'True', ...blocked };
}

/** Nothing is looked for while nothing is to start. */
function resourcesCondition(walk: Walk, stopped: Blocker | undefined): Condition {
  const type = 'ResourcesAvailable';
  if (stopped !== undefined) return { type, status: 'Unknown', ...stopped };
  return stepCondition(type, walk, 'CheckResources', type, 'everything asked for is there');
}

/** True when the step is through, False with its words when it is not, Unknown when a step before it stopped the walk. */
function stepCondition(
  type: ContainerConditionType,
  walk: Walk,
  step: string,
  reason: string,
  message: string,
): Condition {
  const result = walk.steps.find(({ name }) => name === step)?.result;
  if (result === undefined) {
    return {
      type,
      status: 'Unknown',
      reason: 'NotReached',
      message: `waits for ${walk.stoppedAt?.name ?? 'an earlier step'}`,
    };
  }
  const blocked = blockerIn(result);
  return blocked === undefined ? { type, status: 'True', reason, message } : { type, status: 'False', ...blocked };
}

function volumesCondition(walk: Walk, volumes: readonly ContainerVolumeStatus[]): Condition {
  const made = stepCondition('VolumesBound', walk, 'MountVolumes', 'VolumesBound', volumesText(volumes));
  const unbound = unboundVolumes(volumes);
  return made.status === 'True' && unbound !== undefined ? { type: 'VolumesBound', status: 'False', ...unbound } : made;
}

function volumesText(volumes: readonly ContainerVolumeStatus[]): string {
  return volumes.length === 0 ? 'there are no claims' : `all ${volumes.length} claims are bound`;
}
