/**
 * Recover: replaces pods that fail without anybody's doing, as often as `recovery/decide.ts` lets it, and tells of that and
 * of children that were deleted and made again.
 */
import { Node, Pod } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step } from '#runtime/itinerary/types.ts';
import { isSurelyOff, nodeState } from '../recovery/node-state.ts';
import { restoredOf } from '../recovery/restored.ts';
import type { ContainerScope } from '../scope.ts';

export const recover: Step<ContainerScope> = {
  name: 'Recover',
  run: async (scope) => {
    const { recovery, trouble } = scope;
    tellRestored(scope);
    if (trouble?.cause === 'NodeLost') {
      const back = await firstNodeBack(scope);
      if (back !== undefined) return fail(stillThere(back));
    }
    for (const pod of recovery.replace) await replace(scope, pod);
    tellChange(scope);
    return { ...done(), ...(recovery.recheckAfter === undefined ? {} : { recheckAfter: recovery.recheckAfter }) };
  },
};

/** A lost pod nobody can ask to end, so it is only forgotten; one that crashes is given its time to end. */
async function replace({ pass, trouble }: ContainerScope, { metadata }: Pod): Promise<void> {
  await pass.client.delete(Pod, metadata, {
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    ...(trouble?.cause === 'NodeLost' ? { gracePeriodSeconds: 0 } : {}),
  });
}

/** The cache may lag behind a node that came only now: pods that may run must not be forgotten. */
async function firstNodeBack({ pass, recovery }: ContainerScope): Promise<string | undefined> {
  for (const name of new Set(recovery.replace.flatMap(({ spec }) => spec.nodeName ?? []))) {
    const node = await pass.client.get(Node, { name }, { signal: pass.signal });
    if (!isSurelyOff(nodeState(node))) return name;
  }
  return undefined;
}

function stillThere(node: string): DokkerrError {
  return new DokkerrError('DKR_API_CONFLICT', `node ${node} is there after all; its pods are left to it`);
}

function tellChange({ pass, container, recovery: { change, record, replace: pods } }: ContainerScope): void {
  // What is blocked or given up is told by the conditions that turn with it.
  if (change === undefined || record === undefined) return;
  const { cause, message, attempts } = record;
  const code = cause === 'NodeLost' ? 'DKR_NODE_LOST' : 'DKR_WORKLOAD_FAILED';
  const names = pods.map(({ metadata }) => metadata.name);
  const level = change === 'Recovered' ? 'info' : 'warn';
  pass.log[level]({ step: 'Recover', change, cause, code, attempts, pods: names }, `${change}: ${message}`);
  if (change === 'RecoveryBlocked' || change === 'RecoveryGaveUp') return;
  const type = change === 'Recovered' ? 'Normal' : 'Warning';
  pass.events.record(container, { type, reason: change, action: 'Recover', note: message });
}

function tellRestored({ pass, container }: ContainerScope): void {
  for (const child of restoredOf(container, pass.children.made)) {
    const what = `${child.kind} ${child.metadata.name}`;
    const note =
      child.kind === 'PersistentVolumeClaim'
        ? `${what} was deleted and is made again, empty; restore it from a backup`
        : `${what} was deleted and is made again`;
    pass.log.warn({ step: 'Recover', code: 'DKR_CHILD_DELETED', child: what }, note);
    pass.events.record(container, {
      type: 'Warning',
      reason: 'ChildRestored',
      action: 'Recover',
      note,
      related: child,
    });
  }
}
