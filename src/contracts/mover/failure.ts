/** The error that says why a run failed: thrown by the mover's parts and by the stores, shown in status as `Failure`. */
import type { FailureClass } from '#crds/schema/failure-class.ts';

/** Classes that may pass without anybody's doing; the others come back until somebody changes something. */
const passing: ReadonlySet<FailureClass> = new Set([
  'StoreUnreachable',
  'ClockSkewed',
  'RepositoryLocked',
  'VerificationFailed',
  'MoverLost',
  'Unschedulable',
  'Internal',
]);

/** Where an engine's program was involved. */
export interface RunFailureDetail {
  readonly cause?: unknown;
  /** default: what the class says */
  readonly retryable?: boolean;
  readonly exitCode?: number;
  /** the end of what the program said */
  readonly stderrTail?: string;
  /** ids of packs whose content is wrong */
  readonly damagedPacks?: readonly string[];
}

/** Why a run, or a look at a store, failed. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure';
  readonly class: FailureClass;
  readonly retryable: boolean;
  readonly exitCode: number | undefined;
  readonly stderrTail: string | undefined;
  readonly damagedPacks: readonly string[];

  /** @param message what was wrong, and what to do about it; shown in status, so nothing secret */
  constructor(failureClass: FailureClass, message: string, detail: RunFailureDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.class = failureClass;
    this.retryable = detail.retryable ?? passing.has(failureClass);
    this.exitCode = detail.exitCode;
    this.stderrTail = detail.stderrTail;
    this.damagedPacks = detail.damagedPacks ?? [];
  }
}

/** Whatever was thrown, as a `RunFailure`; what nobody foresaw is `Internal`. */
export function asRunFailure(thrown: unknown): RunFailure {
  if (thrown instanceof RunFailure) return thrown;
  return new RunFailure('Internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
