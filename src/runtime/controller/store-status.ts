/** Storing what a pass found. */
import type { KubernetesObject } from '../client/types.ts';
import type { PassContext } from './pass-context.ts';
import { type StatusLike, statusChange } from './status.ts';
import type { Pass, Reconciled } from './types.ts';

/** One merge patch, if the status differs; the events only once it is stored, so that none is told twice. */
export async function storeStatus<T extends Reconciled, S>(
  { definition, clock, events }: PassContext<T, S>,
  { object, client }: Pass<T>,
  stated: StatusLike,
  { stepFailed }: { readonly stepFailed: boolean },
): Promise<KubernetesObject> {
  const change = statusChange(object, stated, { now: clock.now(), stepFailed });
  if (change.patch === undefined) return object;
  const stored = await client.patch(
    definition.kind,
    object.metadata,
    { status: change.patch },
    { subresource: 'status' },
  );
  for (const event of change.events) events.record(object, event);
  return stored;
}
