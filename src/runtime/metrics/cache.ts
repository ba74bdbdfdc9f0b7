/** What the cache lives through, as metrics: watches that begin anew, and objects that make no sense. */

import type { CacheObserver } from '../cache/types.ts';
import { Counter, type Registry } from './prometheus.ts';

/** @param prefix of the operator's own metrics, without the underscore */
export function createCacheMetrics(registry: Registry, prefix: string): CacheObserver {
  const registers = [registry];
  const restarts = new Counter({
    name: `${prefix}_watch_restarts_total`,
    help: 'Watches begun anew, by why the last one ended; "ended" is the API server\'s regular end.',
    labelNames: ['kind', 'cause'],
    registers,
  });
  const malformed = new Counter({
    name: `${prefix}_malformed_objects_total`,
    help: 'Objects and lines of a watch that made no sense and were skipped.',
    labelNames: ['kind'],
    registers,
  });
  return {
    watched(kind) {
      // A series that begins with its first event hides that event from `increase`.
      restarts.inc({ kind, cause: 'ended' }, 0);
      malformed.inc({ kind }, 0);
    },
    restarted: (kind, cause) => restarts.inc({ kind, cause }),
    malformed: (kind) => malformed.inc({ kind }),
    changed: () => undefined,
  };
}
