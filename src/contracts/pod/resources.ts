/** Requests and limits as a pod has them: a schema takes numbers too, pods have texts. Pure. */
import type { Resources } from '#crds/container/resources.ts';

export function podResources({ requests, limits }: Resources) {
  return {
    ...(requests === undefined ? {} : { requests: texts(requests) }),
    ...(limits === undefined ? {} : { limits: texts(limits) }),
  };
}

function texts(amounts: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([resource, amount]) => [resource, String(amount)]));
}
