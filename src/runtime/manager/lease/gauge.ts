/** Who leads, as every dashboard of Kubernetes' own components shows it. */
import { Gauge, type Registry } from '../../metrics/prometheus.ts';

/**
 * `leader_election_master_status{name}`: 1 while this process leads, else 0; client-go's name and label.
 * @returns to be told of every change
 */
export function leaderGauge(registry: Registry, lease: string): (leading: boolean) => void {
  const gauge = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this process leads (1) or waits (0), by the name of the lease.',
    labelNames: ['name'],
    registers: [registry],
  });
  gauge.set({ name: lease }, 0);
  return (leading) => gauge.set({ name: lease }, leading ? 1 : 0);
}
