/**
 * One pass over one object: read its scope, walk its steps, store its status if it differs, tell what changed. Whatever
 * is thrown on the way ends here; the outcome says what the queue has to do.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Cache } from '../cache/types.ts';
import { type Client, parseKey } from '../client/types.ts';
import type { Clock } from '../clock.ts';
import { asDokkerrError, DokkerrError } from '../errors.ts';
import type { EventRecorder } from '../events/types.ts';
import type { Walk } from '../itinerary/types.ts';
import { type StepObserver, walk } from '../itinerary/walk.ts';
import { type ChildrenContext, createChildren } from './children.ts';
import { type Requeue, requeueForError, requeueForWalk } from './requeue.ts';
import { brokenStatus, type StatusLike, statusChange } from './status.ts';
import type { ControllerDefinition, Pass, Reconciled } from './types.ts';
import { type PassClient, passClient } from './writes.ts';

/** What all passes of one controller share. */
export interface PassContext<T extends Reconciled, S> {
  readonly definition: ControllerDefinition<T, S>;
  readonly client: Client;
  readonly cache: Cache;
  readonly events: EventRecorder;
  readonly log: Logger;
  readonly clock: Clock;
  readonly children: ChildrenContext;
  readonly fieldManager: string;
  readonly timeoutMs: number;
  readonly onStep: (step: string, result: string, seconds: number) => void;
}

export interface PassOutcome {
  readonly requeue: Requeue;
  /** what went wrong; undefined after a pass that did what it could */
  readonly error: DokkerrError | undefined;
  /** the newest resource version written of each kind, by `kindId` */
  readonly written: ReadonlyMap<string, string>;
}

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
    const result = await reconcile(context, pass, client);
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
  client: PassClient,
): Promise<Omit<PassOutcome, 'written'>> {
  const { definition } = context;
  const { finalizer } = definition;
  const isDeleting = pass.object.metadata.deletionTimestamp !== undefined;
  const isHeld = finalizer !== undefined && (pass.object.metadata.finalizers ?? []).includes(finalizer.name);
  if (isDeleting && !isHeld) return { requeue: { kind: 'none' }, error: undefined };
  if (finalizer !== undefined && !isHeld)
    await setFinalizers(context, client, pass.object, (all) => [...all, finalizer.name]);

  const scope = await definition.scope(pass);
  const steps = isDeleting && finalizer !== undefined ? finalizer.steps : definition.steps;
  const walked = await walk(steps, scope, {
    clock: context.clock,
    signal: pass.signal,
    observe: stepObserver(context, pass.log),
  });
  if (isDeleting && finalizer !== undefined && walked.stoppedAt === undefined) {
    await setFinalizers(context, client, pass.object, (all) => all.filter((name) => name !== finalizer.name));
    return { requeue: { kind: 'none' }, error: undefined };
  }
  await storeStatus(context, pass, definition.status(scope, walked), walked);
  const failed = walked.steps.find(({ result }) => result.kind === 'fail')?.result;
  return { requeue: requeueForWalk(walked), error: failed?.kind === 'fail' ? failed.error : undefined };
}

function stepObserver<T extends Reconciled, S>(context: PassContext<T, S>, log: Logger): StepObserver {
  return ({ name, result, seconds }) => {
    context.onStep(name, result.kind, seconds);
    if (result.kind === 'fail') {
      log.warn(
        { step: name, err: result.error, code: result.error.code, seconds },
        `${name} failed: ${result.error.message}`,
      );
    } else {
      log.debug({ step: name, result: result.kind, seconds }, name);
    }
  };
}

/** Guarded by the resource version, because a list in a merge patch replaces what others may have put there. */
async function setFinalizers<T extends Reconciled, S>(
  { definition }: PassContext<T, S>,
  client: Client,
  object: T,
  change: (finalizers: readonly string[]) => readonly string[],
): Promise<void> {
  const { resourceVersion, finalizers = [] } = object.metadata;
  await client.patch(definition.kind, object.metadata, {
    metadata: { finalizers: change(finalizers), ...(resourceVersion === undefined ? {} : { resourceVersion }) },
  });
}

/** One merge patch, if the status differs; the events only once it is stored, so that none is told twice. */
async function storeStatus<T extends Reconciled, S>(
  { definition, clock, events }: PassContext<T, S>,
  { object, client }: Pass<T>,
  stated: StatusLike,
  walked?: Walk,
): Promise<void> {
  const stepFailed = walked === undefined || walked.steps.some(({ result }) => result.kind === 'fail');
  const change = statusChange(object, stated, { now: clock.now(), stepFailed });
  if (change.patch === undefined) return;
  await client.patch(definition.kind, object.metadata, { status: change.patch }, { subresource: 'status' });
  for (const event of change.events) events.record(object, event);
}

/** A broken pass shows in the status, unless the next attempt is likely to work. */
async function reportBroken<T extends Reconciled, S>(
  context: PassContext<T, S>,
  pass: Pass<T>,
  error: DokkerrError,
): Promise<void> {
  if (error.class === 'transient' || error.class === 'conflict') return;
  try {
    await storeStatus(context, pass, brokenStatus(pass.object, error));
  } catch (thrown) {
    pass.log.warn({ err: asDokkerrError(thrown) }, 'the failure could not be stored in the status');
  }
}
