/** ConfigureNetwork: Service, NetworkPolicy, route and disruption budget as declared; what is no longer declared goes. */
import { HTTPRoute, Ingress, NetworkPolicy, PodDisruptionBudget, Service } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, type Step, wait } from '#runtime/itinerary/types.ts';
import { keepChild } from '../children/keep.ts';
import { buildNetworkPolicy } from '../children/network-policy.ts';
import { buildPodDisruptionBudget } from '../children/pod-disruption-budget.ts';
import { buildHTTPRoute, buildIngress } from '../children/route.ts';
import { buildService } from '../children/service.ts';
import type { ContainerScope } from '../scope.ts';

export const configureNetwork: Step<ContainerScope> = {
  name: 'ConfigureNetwork',
  independent: true,
  run: async (scope) => {
    const { container } = scope;
    // The policy first: a pod must not be reachable before what restricts it is in place.
    await keepChild(scope, NetworkPolicy, buildNetworkPolicy(container));
    await keepChild(scope, Service, buildService(container));
    await keepChild(scope, PodDisruptionBudget, buildPodDisruptionBudget(container));
    await keepChild(scope, Ingress, buildIngress(container));
    try {
      await keepChild(scope, HTTPRoute, buildHTTPRoute(container));
    } catch (error) {
      if (error instanceof DokkerrError && error.code === 'DKR_CRD_MISSING') return gatewayMissing();
      throw error;
    }
    return done();
  },
};

/** The controller looks out for kinds that were absent, and comes back when they are served. */
function gatewayMissing() {
  return wait(
    'GatewayAPIMissing',
    'spec.network.gatewayRef needs the Gateway API, whose HTTPRoute the cluster does not know; install it, or use ingressClassName',
  );
}
