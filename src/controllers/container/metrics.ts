/** Containers as metrics, read from the cache. `namespace` is the target's own label in Prometheus, hence `resource_namespace`. */
import type { Registry } from 'prom-client';
import { Container } from '#crds/container.ts';
import type { Cache } from '#runtime/cache/types.ts';
import { collectedGauge } from '#runtime/metrics/collected-gauge.ts';

/** @param prefix of the operator's own metrics, without the underscore */
export function createContainerMetrics(registry: Registry, prefix: string, cache: Cache): void {
  const containers = cache.informer(Container);
  collectedGauge(registry, {
    name: `${prefix}_containers`,
    help: 'Containers there are, by phase.',
    labels: ['resource_namespace', 'phase'],
    collect: (gauge) => {
      for (const { metadata, status } of containers.list())
        gauge.inc({ resource_namespace: metadata.namespace ?? '', phase: status?.phase ?? 'Pending' });
    },
  });
  collectedGauge(registry, {
    name: `${prefix}_container_unrecovered`,
    help: '1 for each Container whose recovery was given up, or can go on only after a person has acted.',
    labels: ['resource_namespace', 'container', 'cause'],
    collect: (gauge) => {
      for (const { metadata, status } of containers.list()) {
        const { state, cause } = status?.recovery ?? {};
        if (cause !== undefined && (state === 'GaveUp' || state === 'Blocked'))
          gauge.set({ resource_namespace: metadata.namespace ?? '', container: metadata.name, cause }, 1);
      }
    },
  });
}
