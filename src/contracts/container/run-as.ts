/** As whom a Container's files are read and written: as its own program, where it says who that is. Pure. */
import type { Container } from '#crds/container.ts';
import type { RunAs } from '#crds/run/mover.ts';

export function runAsOf({ spec }: Container): RunAs {
  const { runAsUser, runAsGroup, fsGroup } = spec.securityContext ?? {};
  return {
    ...(runAsUser === undefined ? {} : { user: runAsUser }),
    ...(runAsGroup === undefined ? {} : { group: runAsGroup }),
    ...(fsGroup === undefined ? {} : { fsGroup }),
  };
}
