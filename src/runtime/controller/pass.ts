/**
 * One pass over one object, whichever way its kind is driven. Whatever is thrown on the way ends here; the outcome says
 * what the queue has to do.
 */
import { randomUUID } from 'node:crypto';
import { parseKey } from '../client/types.ts';
import { asDokkerrError, DokkerrError } from '../errors.ts';
import { createChildren } from './children.ts';
import { holdFinalizer } from './finalizers.ts';
import type { PassContext, PassOutcome } from './pass-context.ts';
import { passRun } from './pass-run.ts';
import { passWalk } from './pass-walk.ts';
import { requeueForError } from './requeue.ts';
import { brokenStatus } from './status.ts';
import { storeStatus } from './store-status.ts';
import type { Pass, Reconciled } from './types.ts';
import { passClient } from './writes.ts';

/** Never throws. Ends early, without an error, when `stop` aborts. */
export async function runPass<T extends Reconciled, S>(
  context: PassContext<T, S>,
  key: string,
  object: T,
  stop: AbortSignal,
): Promise<PassOutcome> {
  const { clock, timeoutMs } = context;
  const abort = new AbortController();
  const onStop = () => abort.abort(stop.reason);
  const cancelTimeout = clock.after(timeoutMs, () => {
    abort.abort(new DokkerrError('DKR_TIMEOUT', `the pass did not end within ${timeoutMs / 1000} s`));
  });
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });
  const log = context.log.child({ reconcileID: randomUUID(), object: key });
  const client = passClient(context.client, context.fieldManager, abort.signal);
  const pass: Pass<T> = {
    object,
    key: parseKey(key),
    client,
    cache: context.cache,
    children: createChildren(context.children, object, client),
    events: context.events,
    log,
    signal: abort.signal,
    now: () => clock.now(),
  };
  try {
    const result = await reconcile(context, pass);
    return { ...result, written: client.written };
  } catch (thrown) {
    if (stop.aborted) return { requeue: { kind: 'none' }, error: undefined, written: client.written };
    const error = asDokkerrError(abort.signal.aborted ? abort.signal.reason : thrown);
    if (isGone(error, context, key)) return { requeue: { kind: 'none' }, error: undefined, written: client.written };
    log.error({ err: error, code: error.code }, `pass failed: ${error.message}`);
    await reportBroken(context, pass, error);
    return { requeue: requeueForError(error), error, written: client.written };
  } finally {
    cancelTimeout();
    stop.removeEventListener('abort', onStop);
  }
}

/** The object itself went away under the pass: a write to it found nothing, and neither does the cache by now. */
function isGone<T extends Reconciled, S>(error: DokkerrError, context: PassContext<T, S>, key: string): boolean {
  const { kind, options } = context.definition;
  return error.code === 'DKR_API_NOT_FOUND' && context.cache.informer(kind, options).get(key) === undefined;
}

async function reconcile<T extends Reconciled, S>(
  context: PassContext<T, S>,
  pass: Pass<T>,
): Promise<Omit<PassOutcome, 'written'>> {
  const { definition } = context;
  const object = await holdFinalizer(definition, pass);
  if (object === undefined) return { requeue: { kind: 'none' }, error: undefined };
  const held = { ...pass, object };
  return 'itinerary' in definition ? passRun(context, definition, held) : passWalk(context, definition, held);
}

/** A broken pass shows in the status, unless the next attempt is likely to work; a run's steps say it themselves. */
async function reportBroken<T extends Reconciled, S>(
  context: PassContext<T, S>,
  pass: Pass<T>,
  error: DokkerrError,
): Promise<void> {
  if (error.class === 'transient' || error.class === 'conflict' || 'itinerary' in context.definition) return;
  try {
    await storeStatus(context, pass, brokenStatus(pass.object, error), { stepFailed: true });
  } catch (thrown) {
    pass.log.warn({ err: asDokkerrError(thrown) }, 'the failure could not be stored in the status');
  }
}
