/** The process around a manager: signals become a graceful stop, errors become one line and an exit code. */
import type { Logger } from 'pino';
import { asDokkerrError, type ErrorCode } from '../errors.ts';

/** What the operator's process ends with. */
export const exitCodes = {
  /** stopped as asked */
  ok: 0,
  /** something failed that was not foreseen */
  failure: 1,
  /** the configuration, the cluster or a permission is not as it has to be; the message says what to do */
  unusable: 2,
  /** stopped as asked, but not within the deadline */
  late: 3,
  /** the lease was lost: another process may lead by now */
  leaseLost: 4,
} as const;

/**
 * Runs `main` until it ends; SIGTERM and SIGINT abort its signal, a second one ends the process at once.
 * @returns the exit code; the caller sets it
 */
export async function runProcess(
  log: Pick<Logger, 'fatal' | 'info'>,
  main: (signal: AbortSignal) => Promise<{ clean: boolean }>,
): Promise<number> {
  const abort = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (abort.signal.aborted) process.exit(exitCodes.late);
    log.info(`received ${name}`);
    abort.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    const { clean } = await main(abort.signal);
    return clean ? exitCodes.ok : exitCodes.late;
  } catch (thrown) {
    const error = asDokkerrError(thrown);
    log.fatal({ err: error, code: error.code }, error.message);
    return exitCodeOf(error.code);
  } finally {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
}

function exitCodeOf(code: ErrorCode): number {
  if (code === 'DKR_LEASE_LOST') return exitCodes.leaseLost;
  return code === 'DKR_INTERNAL' ? exitCodes.failure : exitCodes.unusable;
}
