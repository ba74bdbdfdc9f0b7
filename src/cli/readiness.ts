/** What the conditions of kstatus come to, as an exit code. Pure. */
import type { Condition } from '#crds/schema/condition.ts';
import { type CliExitCode, cliExitCodes } from './exit-codes.ts';
import { conditionOf } from './render/conditions.ts';

interface Reporting {
  readonly metadata: { readonly generation?: number };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] };
}

/** Ready for the spec as it is: done. Stuck until somebody changes something: failed. On its way: partial. */
export function readiness({ metadata, status }: Reporting): CliExitCode {
  if (conditionOf(status?.conditions, 'Stalled')?.status === 'True') return cliExitCodes.failed;
  const current = status?.observedGeneration === metadata.generation;
  return current && conditionOf(status?.conditions, 'Ready')?.status === 'True'
    ? cliExitCodes.done
    : cliExitCodes.partial;
}
