/** A pass over an object of a desired-state kind: read its scope, walk its steps, store its status if it differs. */
import { walk } from '../itinerary/walk.ts';
import { releaseFinalizer } from './finalizers.ts';
import { type PassContext, type PassOutcome, stepObserver } from './pass-context.ts';
import { requeueForWalk } from './requeue.ts';
import { storeStatus } from './store-status.ts';
import type { ControllerDefinition, Pass, Reconciled } from './types.ts';

export async function passWalk<T extends Reconciled, S>(
  context: PassContext<T, S>,
  definition: ControllerDefinition<T, S>,
  pass: Pass<T>,
): Promise<Omit<PassOutcome, 'written'>> {
  const { finalizer } = definition;
  const isDeleting = pass.object.metadata.deletionTimestamp !== undefined && finalizer !== undefined;
  const scope = await definition.scope(pass);
  const walked = await walk(isDeleting ? finalizer.steps : definition.steps, scope, {
    clock: context.clock,
    signal: pass.signal,
    observe: stepObserver(context, pass.log),
  });
  if (isDeleting && walked.stoppedAt === undefined) {
    await releaseFinalizer(definition, pass);
    return { requeue: { kind: 'none' }, error: undefined };
  }
  const failed = walked.steps.find(({ result }) => result.kind === 'fail')?.result;
  await storeStatus(context, pass, definition.status(scope, walked), { stepFailed: failed !== undefined });
  return { requeue: requeueForWalk(walked), error: failed?.kind === 'fail' ? failed.error : undefined };
}
