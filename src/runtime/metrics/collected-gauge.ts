/** A gauge read from objects when it is scraped: the same on every replica, and gone with the objects. */
import { Gauge, type Registry } from './prometheus.ts';

export interface CollectedGauge<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** bounded by what people declare */
  readonly labels: readonly Label[];
  /** Sets or increases every series there is now; those of the last scrape are gone. */
  readonly collect: (gauge: Gauge<Label>) => void;
}

export function collectedGauge<Label extends string>(
  registry: Registry,
  { name, help, labels, collect }: CollectedGauge<Label>,
): void {
  const gauge: Gauge<Label> = new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    collect: () => {
      gauge.reset();
      collect(gauge);
    },
  });
}
