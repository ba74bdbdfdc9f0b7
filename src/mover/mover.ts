/** A mover's run: reads the request and the secrets, performs the operation and leaves the result. Never rejects. */
import { writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { asRunFailure, RunFailure } from '#contracts/mover/failure.ts';
import { type MoverFiles, requestVariable } from '#contracts/mover/files.ts';
import { type MoverRequest, moverRequest } from '#contracts/mover/request.ts';
import { type MoverResult, moverExitCodes } from '#contracts/mover/result.ts';
import type { Clock } from '#runtime/clock.ts';
import type { Findings } from './context.ts';
import { failureOf } from './operations/failure-of.ts';
import { perform } from './perform.ts';
import { createReporter } from './progress-writer.ts';
import { resticEngine } from './restic/engine.ts';
import { fitResult } from './result-writer.ts';
import { readAccess, requirePassword } from './secrets.ts';

/** What the process gives a mover. */
export interface MoverSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: MoverFiles;
  readonly clock: Clock;
  /** aborts when the process is told to end */
  readonly signal: AbortSignal;
  /** takes one line for standard output */
  readonly write: (line: string) => void;
  /** absolute path of restic's program */
  readonly restic: string;
}

/** Resolves to the exit code once the result is written. */
export async function runMover(surroundings: MoverSurroundings): Promise<number> {
  const { clock, files } = surroundings;
  const started = clock.monotonic();
  let operation: MoverResult['operation'] = 'unknown';
  let findings: Findings;
  try {
    const request = readRequest(surroundings.environment);
    operation = request.operation;
    findings = await performRequest(request, surroundings);
  } catch (error) {
    const failure = surroundings.signal.aborted ? new RunFailure('Canceled', 'canceled') : asRunFailure(error);
    findings = { outcome: 'Failed', failure: failureOf(failure) };
  }
  const result = { operation, durationMs: Math.round(clock.monotonic() - started), ...findings };
  await writeFile(files.result, fitResult(result));
  return exitCodeOf(result);
}

async function performRequest(
  request: MoverRequest,
  { files, clock, signal, write, environment, restic }: MoverSurroundings,
): Promise<Findings> {
  const access = await readAccess(request.repository, files);
  await requirePassword(files.key);
  if (request.operation === 'addKey') await requirePassword(files.newKey);
  const engine = resticEngine({
    access,
    limits: request.limits,
    lockWaitSeconds: request.lockWaitSeconds,
    readOnly: request.repository.readOnly,
    key: files.key,
    cache: files.cache,
    caBundle: files.caBundle,
    program: restic,
    environment,
  });
  return perform(request, { engine, access, files, signal, report: createReporter(clock, write) }, clock);
}

/** @throws RunFailure that no retry mends */
function readRequest(environment: MoverSurroundings['environment']): MoverRequest {
  const text = environment[requestVariable];
  if (text === undefined) throw unreadable('it is not set');
  try {
    return moverRequest.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause), cause);
  }
}

function unreadable(reason: string, cause?: unknown): RunFailure {
  return new RunFailure('Internal', `${requestVariable} is no request: ${reason}`, { cause, retryable: false });
}

function exitCodeOf({ outcome, failure }: MoverResult): number {
  if (outcome === 'Succeeded') return moverExitCodes.succeeded;
  if (outcome === 'Partial') return moverExitCodes.partial;
  if (failure?.class === 'Canceled') return moverExitCodes.canceled;
  return failure?.retryable === true ? moverExitCodes.failed : moverExitCodes.failedForGood;
}
