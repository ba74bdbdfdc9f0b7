/** Steady work for the operator that no node has to do: Containers that are born suspended, one after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { notes } from '../e2e/notes.ts';
import type { Sandbox } from '../e2e/sandbox.ts';

/** Milliseconds between two of them. */
const everyMs = 150;

export interface Load {
  /** Names in the order in which they were declared, so far. */
  readonly declared: readonly string[];
  /** Resolves when no more are declared; rejects where one could not be. */
  stop(): Promise<void>;
}

export function startLoad(sandbox: Sandbox, prefix: string): Load {
  const declared: string[] = [];
  const stopped = new AbortController();
  const declaring = (async () => {
    while (!stopped.signal.aborted) {
      const name = `${prefix}-${declared.length}`;
      await sandbox.declare(name, notes({ suspend: true }));
      declared.push(name);
      await sleep(everyMs);
    }
  })();
  declaring.catch(() => undefined);
  return {
    declared,
    stop: () => {
      stopped.abort();
      return declaring;
    },
  };
}
