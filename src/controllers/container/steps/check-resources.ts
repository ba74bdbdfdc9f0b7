/**
 * CheckResources: says with numbers what is missing before a pod would hang Pending for it. Looks only while there is
 * something to be made: a Container that runs as declared has shown that it fits.
 */

import { claimVolumes, volumeLabel } from '#contracts/container/claims.ts';
import { checkQuotas, type Outstanding } from '#contracts/container/quota.ts';
import type { Violation } from '#contracts/container/requests.ts';
import { stoppedFor } from '#contracts/container/stop.ts';
import { slimNodes } from '#contracts/node/nodes.ts';
import { LimitRange, Node, ResourceQuota } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step, skip } from '#runtime/itinerary/types.ts';
import { checkLimitRanges } from '../checks/limit-range.ts';
import { findMissing } from '../checks/missing.ts';
import { checkNodes } from '../checks/node-fit.ts';
import type { ContainerScope } from '../scope.ts';

/** Milliseconds between looks at what no watch of ours sees: Secrets and ConfigMaps are read by name only. */
const recheckMissing = 5_000;

export const checkResources: Step<ContainerScope> = {
  name: 'CheckResources',
  run: async (scope) => {
    // Nothing is to be started: what is missing must not keep the pods from being ended.
    if (stoppedFor(scope.container) !== undefined) return skip('Stopped');
    if (runsAsDeclared(scope)) return done();
    const missing = await findMissing(scope);
    if (missing !== undefined) {
      const { reason, message } = missing;
      return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', message, { reason, retryAfterMs: recheckMissing }));
    }
    const tooSmall = checkSpace(scope);
    return tooSmall === undefined ? done() : fail(new DokkerrError('DKR_CAPACITY', tooSmall.message, tooSmall));
  },
};

function runsAsDeclared({ container, replicas, live }: ContainerScope): boolean {
  const { status, metadata } = container;
  if (status?.observedGeneration !== metadata.generation) return false;
  const ready = status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  return ready && live.pods.length >= replicas;
}

function checkSpace(scope: ContainerScope): Violation | undefined {
  const { container, namespace, pass } = scope;
  const { cache } = pass;
  return (
    // Serving some namespaces only, the operator may not be allowed to look at nodes: the scheduler will then tell.
    (cache.omits(Node) ? undefined : checkNodes(container, cache.informer(Node, slimNodes).list())) ??
    checkLimitRanges(container, cache.informer(LimitRange).list(namespace)) ??
    checkQuotas(container, outstanding(scope), cache.informer(ResourceQuota).list(namespace))
  );
}

/** What is declared and not there yet. */
function outstanding({ container, replicas, live }: ContainerScope): Outstanding {
  const pods = live.pods.filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed').length;
  const claims = claimVolumes(container).map(({ name }) => {
    const made = live.claims.filter((claim) => claim.metadata.labels?.[volumeLabel] === name).length;
    return [name, Math.max(0, replicas - made)] as const;
  });
  return { pods: Math.max(0, replicas - pods), claims: Object.fromEntries(claims) };
}
