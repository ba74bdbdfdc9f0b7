/** How long the workload will stand still, about, and what that follows from. Pure. */
import { formatBytes } from '#contracts/text/figures.ts';
import type { Migration, MigrationPlan } from '#crds/migration.ts';

/** Seconds for pods to end and to start, not counting what the application itself takes for it. */
const stopAndStart = 10;
/** Seconds of a mover's pod from being made to having told its result. */
const moverRound = 8;
/** Bytes a second at which movers read, write and compare. */
const rate = 100 << 20;

type Estimate = Pick<MigrationPlan, 'expectedDowntimeSeconds' | 'estimatedFrom'>;

/** @param bytes of all volumes; undefined where it is not known @param stops whether anything that runs is stopped */
export function estimateDowntime(spec: Migration['spec'], bytes: number | undefined, stops: boolean): Estimate {
  if (!stops || spec.mode === 'StageOnly') return {};
  const size = bytes ?? 0;
  const known = bytes === undefined ? 'its size is not known yet' : `it has ${formatBytes(size)}`;
  if (spec.transform !== undefined) {
    const rounds = 2 + spec.transform.length + (spec.validate?.length ?? 0);
    return {
      expectedDowntimeSeconds: Math.ceil(stopAndStart + rounds * moverRound + (3 * size) / rate),
      estimatedFrom: `all of it is backed up, staged and read back while the application stands still, at 100 MiB/s; ${known}; what your programs take comes on top`,
    };
  }
  const isFull = spec.verify.checksum === 'Full';
  const compared = isFull ? size : size / 20;
  return {
    expectedDowntimeSeconds: Math.ceil(stopAndStart + 2 * moverRound + compared / rate),
    estimatedFrom: `a stop, two rounds of movers (what changed since is stored, then written and compared) and a start; ${isFull ? 'all' : 'a sample'} of the content is compared at 100 MiB/s; ${known}; what your application takes to end and to start comes on top`,
  };
}
