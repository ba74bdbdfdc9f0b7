/** A pass over an object of a run kind: takes the run as far as it goes, and stores every record before it is relied on. */
import { DokkerrError } from '../errors.ts';
import { advance } from '../itinerary/run.ts';
import type { RunStatus } from '../itinerary/types.ts';
import { walk } from '../itinerary/walk.ts';
import { releaseFinalizer } from './finalizers.ts';
import { type PassContext, type PassOutcome, stepObserver } from './pass-context.ts';
import { requeueForWalk } from './requeue.ts';
import { runConditions } from './run-conditions.ts';
import { runEvents } from './run-events.ts';
import { runStatusOf } from './run-status.ts';
import { statusChange } from './status.ts';
import type { Pass, Reconciled, RunDefinition } from './types.ts';

export async function passRun<T extends Reconciled, S>(
  context: PassContext<T, S>,
  definition: RunDefinition<T, S>,
  pass: Pass<T>,
): Promise<Omit<PassOutcome, 'written'>> {
  const { object, signal } = pass;
  const { clock } = context;
  const { uid } = object.metadata;
  if (uid === undefined) throw new DokkerrError('DKR_INTERNAL', `${definition.kind.kind} has no UID`);
  const isDeleting = object.metadata.deletionTimestamp !== undefined;
  const scope = await definition.scope(pass);
  const observe = stepObserver(context, pass.log);
  const store = new RunStore(context, definition, pass, scope);
  const deadline = definition.deadline?.(object);
  const { status, recheckAfter } = await advance({
    itinerary: definition.itinerary,
    scope,
    uid,
    status: runStatusOf(object),
    mustCancel: isDeleting || (definition.mustCancel?.(object) ?? false),
    mustRollBack: definition.mustRollBack?.(object) ?? false,
    ...(deadline === undefined ? {} : { deadline }),
    clock,
    signal,
    observe,
    save: (run) => store.save(run),
  });
  if (status.outcome === undefined) {
    // What the kind shows besides, such as progress, moves on while the steps wait.
    await store.save(status);
    return {
      requeue: recheckAfter === undefined ? { kind: 'none' } : { kind: 'after', ms: recheckAfter },
      error: undefined,
    };
  }
  // What comes afterwards reads of the object how it ended, which the one of this pass does not say yet.
  if (runStatusOf(object)?.outcome === undefined) return { requeue: { kind: 'after', ms: 0 }, error: undefined };
  const steps = isDeleting ? definition.finalizer.steps : (definition.afterwards ?? []);
  const walked = await walk(steps, scope, { clock, signal, observe });
  if (isDeleting && walked.stoppedAt === undefined) {
    await releaseFinalizer(definition, { ...pass, object: store.stored });
    return { requeue: { kind: 'none' }, error: undefined };
  }
  await store.save(status);
  const failed = walked.steps.find(({ result }) => result.kind === 'fail')?.result;
  return { requeue: requeueForWalk(walked), error: failed?.kind === 'fail' ? failed.error : undefined };
}

/** Writes the status of one run in the course of one pass, each time against what was stored last. */
class RunStore<T extends Reconciled, S> {
  readonly #context: PassContext<T, S>;
  readonly #definition: RunDefinition<T, S>;
  readonly #pass: Pass<T>;
  readonly #scope: S;
  #stored: T;

  constructor(context: PassContext<T, S>, definition: RunDefinition<T, S>, pass: Pass<T>, scope: S) {
    this.#context = context;
    this.#definition = definition;
    this.#pass = pass;
    this.#scope = scope;
    this.#stored = pass.object;
  }

  /** The object as this pass read it or stored it last. */
  get stored(): T {
    return this.#stored;
  }

  /**
   * The whole status, if it differs. Guarded by the resource version, so that a pass on old data fails with a conflict
   * instead of taking back what another has recorded.
   */
  async save(run: RunStatus): Promise<void> {
    const { clock, events } = this.#context;
    const before = this.#stored;
    const { itinerary, conditions: ofKind } = this.#definition;
    const restsIn = itinerary.forward.filter(({ atRest }) => atRest === true).map(({ name }) => name);
    const conditions = [...runConditions(run, restsIn), ...(ofKind?.(run) ?? [])];
    const stated = { ...this.#definition.status(this.#scope, run), ...run, conditions };
    const change = statusChange(before, stated, { now: clock.now(), stepFailed: run.failure !== undefined });
    if (change.patch === undefined) return;
    const { resourceVersion } = before.metadata;
    const metadata = resourceVersion === undefined ? {} : { metadata: { resourceVersion } };
    this.#stored = await this.#pass.client.patch(
      this.#definition.kind,
      before.metadata,
      { ...metadata, status: change.patch },
      { subresource: 'status' },
    );
    const told = [...runEvents(runStatusOf(before), run), ...change.events];
    for (const event of told) events.record(this.#pass.object, event);
  }
}
