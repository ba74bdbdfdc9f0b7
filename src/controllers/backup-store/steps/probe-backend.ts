/** ProbeBackend: asks the object store, as often as the spec says, whether it answers and takes the credentials. */
import { moverError } from '#contracts/mover/error.ts';
import { RunFailure } from '#contracts/mover/failure.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { findCondition, rfc3339 } from '#runtime/controller/conditions.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { fail, type Step, type StepResult } from '#runtime/itinerary/types.ts';
import { probeStore } from '#stores/probe.ts';
import { readAccess } from '../access.ts';
import { afterSilence, pauseLeft } from '../circuit.ts';
import type { BackupStoreScope } from '../scope.ts';

/** What a probe found, as `status` shows it. */
export interface Probed {
  readonly latencyMs: number;
  readonly clockSkewSeconds: number;
  readonly lastValidatedAt: string;
}

/** Milliseconds; a store that takes longer is told to be unreachable, and asked again. */
const probeTimeout = 10_000;

export const probeBackend: Step<BackupStoreScope> = {
  name: 'ProbeBackend',
  run: async (scope) => {
    const known = lastProbe(scope);
    if (known !== undefined) return reachable(known.probed, known.validForMs);
    const { pass, store, seen, probed: found } = scope;
    const circuit = store.status?.observedGeneration === store.metadata.generation ? store.status?.circuit : undefined;
    const left = pauseLeft(circuit, pass.now());
    if (circuit !== undefined && left > 0) {
      seen.circuit = circuit;
      return fail(silence(store.status?.lastError?.message ?? 'the store does not answer', left));
    }
    try {
      const access = await readAccess(scope);
      const probe = await probeStore(access, { signal: pass.signal, timeoutMs: probeTimeout });
      found.hasRepository = probe.hasRepository;
      const probed: Probed = {
        latencyMs: Math.round(probe.latencyMs),
        clockSkewSeconds: Math.round(probe.clockSkewMs / 1000),
        lastValidatedAt: rfc3339(pass.now()),
      };
      return reachable(probed, durationMs(store.spec.validationFrequency));
    } catch (thrown) {
      if (!(thrown instanceof RunFailure)) throw thrown;
      if (thrown.class !== 'StoreUnreachable') return fail(moverError(thrown));
      seen.circuit = afterSilence(circuit, pass.now(), durationMs(store.spec.validationFrequency));
      return fail(silence(thrown.message, pauseLeft(seen.circuit, pass.now())));
    }
  },
};

/** @param pauseMs 0 for the usual time */
function silence(message: string, pauseMs: number): DokkerrError {
  const reason = 'StoreUnreachable';
  return pauseMs === 0
    ? moverError({ class: reason, message })
    : new DokkerrError('DKR_STORE_UNREACHABLE', message, { reason, retryAfterMs: pauseMs });
}

function reachable(probed: Probed, recheckAfter: number): StepResult {
  return {
    kind: 'done',
    message: 'the store answers and takes the credentials',
    resolved: { ...probed },
    recheckAfter,
  };
}

/** The last probe, while it is true of this very spec and not older than the spec allows. */
function lastProbe({ pass, store }: BackupStoreScope): { probed: Probed; validForMs: number } | undefined {
  const { status, spec, metadata } = store;
  if (status?.lastValidatedAt === undefined || status.observedGeneration !== metadata.generation) return undefined;
  if (findCondition(status.conditions, 'BackendReachable')?.status !== 'True') return undefined;
  // It may be brought back at any time.
  if (findCondition(status.conditions, 'RepositoryReady')?.reason === 'RepositoryMissing') return undefined;
  const age = pass.now().getTime() - Date.parse(status.lastValidatedAt);
  const validForMs = durationMs(spec.validationFrequency) - age;
  if (validForMs <= 0) return undefined;
  const { lastValidatedAt, latencyMs = 0, clockSkewSeconds = 0 } = status;
  return { probed: { lastValidatedAt, latencyMs, clockSkewSeconds }, validForMs };
}
