/** Waits for a run. */
import type { Scene } from '../command.ts';
import { program } from '../invocation.ts';
import { loadKind } from '../kinds.ts';
import { type Waited, waitUntil } from '../wait.ts';
import { news } from './news.ts';
import { isSettled, type Run, type RunKindName } from './types.ts';
import { view } from './view.ts';

/**
 * @param timeout milliseconds; for ever when absent
 * @param isEnough what is waited for; by default that there is nothing left to wait for
 */
export async function waitForEnd(
  scene: Scene,
  begun: Run,
  timeout: number | undefined,
  isEnough: (run: Run) => boolean = isSettled,
): Promise<Waited<Run>> {
  // Sound: a run is of one of these kinds.
  const kind = await loadKind(begun.kind as RunKindName);
  return waitUntil<Run>(scene, kind, begun, {
    ...(timeout === undefined ? {} : { timeout }),
    isOver: isEnough,
    news,
    view,
    goesOn: goesOn(begun),
  });
}

/** What to type to see or to end what nobody waits for any more. */
export function goesOn({ kind, metadata: { namespace = '', name } }: Run): string {
  const command = `${program} ${kind.toLowerCase()}`;
  return `${kind} ${name} goes on; look at it with: ${command} show ${name} -n ${namespace}; end it with: ${command} cancel ${name} -n ${namespace}`;
}
