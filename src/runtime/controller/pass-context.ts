/** What a pass over one object is given by its controller, and what it tells the queue when it has ended. */
import type { Logger } from 'pino';
import type { Cache } from '../cache/types.ts';
import type { Client } from '../client/types.ts';
import type { Clock } from '../clock.ts';
import type { DokkerrError } from '../errors.ts';
import type { EventRecorder } from '../events/types.ts';
import type { StepObserver } from '../itinerary/walk.ts';
import type { ChildrenContext } from './children.ts';
import type { Requeue } from './requeue.ts';
import type { Definition, Reconciled } from './types.ts';

/** What all passes of one controller share. */
export interface PassContext<T extends Reconciled, S> {
  readonly definition: Definition<T, S>;
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

/** Counts and logs every step that was entered. */
export function stepObserver<T extends Reconciled, S>({ onStep }: PassContext<T, S>, log: Logger): StepObserver {
  return ({ name, result, seconds }) => {
    onStep(name, result.kind, seconds);
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
