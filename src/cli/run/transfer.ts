/** How far a transfer is, as a bar and in figures. Pure. */
import { formatBytes } from '#contracts/text/figures.ts';
import type { Progress } from '#crds/run/progress.ts';
import { span } from '../render/age.ts';
import { currentStep, type Run } from './types.ts';

/** That of the step at work; undefined before it has told any. */
export function transferOf(run: Run): Progress | undefined {
  const step = currentStep(run);
  const progress = run.status?.progress;
  if (step?.startedAt === undefined || progress === undefined) return undefined;
  return Date.parse(progress.updatedAt) >= Date.parse(step.startedAt) ? progress : undefined;
}

/** `1.2 GiB of 2.5 GiB  64 MiB/s  21s left`; without a rate nothing is said of what is left. */
export function figures({ bytesDone, totalBytes, bytesPerSecond }: Progress): string {
  const left = totalBytes - bytesDone;
  return [
    `${formatBytes(bytesDone)} of ${formatBytes(totalBytes)}`,
    ...(bytesPerSecond > 0 ? [`${formatBytes(bytesPerSecond)}/s`] : []),
    ...(bytesPerSecond > 0 && left > 0 ? [`${span((1000 * left) / bytesPerSecond)} left`] : []),
  ].join('  ');
}

/** `█████░░░░░`. @param percent 0 to 100 */
export function bar(percent: number, width: number): string {
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
