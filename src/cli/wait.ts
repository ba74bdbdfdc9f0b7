/** `--wait`: follows an object until it is as wanted and shows it, drawn in place on a terminal and line by line elsewhere. */
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';
import { asDokkerrError, type DokkerrError } from '#runtime/errors.ts';
import type { Scene } from './command.ts';
import { refusal } from './connection/refusal.ts';
import { type CliExitCode, cliExitCodes } from './exit-codes.ts';
import type { Paint } from './terminal/paint.ts';

/** Milliseconds between two drawings while nothing changes but the time. */
const redrawInterval = 1000;

export interface WaitOptions<T> {
  /** milliseconds; for ever when absent */
  readonly timeout?: number;
  readonly isOver: (object: T) => boolean;
  /** what changed, a line a change; `before` is undefined for the first version */
  readonly news: (before: T | undefined, after: T) => readonly string[];
  /** how it looks in place; what has no view is told line by line on terminals, too */
  readonly view?: (object: T, options: { now: Date; width: number; paint: Paint }) => readonly string[];
  /** what to do about it when nobody waits any more */
  readonly goesOn: string;
}

/** The object at its end, or the code of whatever came first. */
export type Waited<T> = { readonly object: T } | { readonly exitCode: CliExitCode };

/** Why nobody waits any longer. */
class Stopped extends Error {
  readonly exitCode: CliExitCode;

  constructor(message: string, exitCode: CliExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Never throws for what happens meanwhile: it is told, and becomes an exit code, for what was begun goes on. */
export async function waitUntil<T extends KubernetesObject>(
  scene: Scene,
  kind: Kind<T>,
  begun: T,
  options: WaitOptions<T>,
): Promise<Waited<T>> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Stopped('', cliExitCodes.interrupted));
  const giveUp = () => stop.abort(new Stopped('--timeout passed; ', cliExitCodes.timedOut));
  const timer = options.timeout === undefined ? undefined : setTimeout(giveUp, options.timeout);
  process.once('SIGINT', interrupt);
  const display = displayOf(scene, options);
  try {
    const { follow } = await import('./connection/follow.ts');
    const { namespace = scene.namespace, name } = begun.metadata;
    display.see(begun);
    const object = await follow(
      scene.transport,
      kind,
      { namespace, name },
      {
        seen: display.see,
        isOver: options.isOver,
        interrupted: display.interrupted,
        signal: stop.signal,
      },
    );
    return { object };
  } catch (thrown) {
    display.leave();
    const why = thrown instanceof Stopped ? thrown.message : `${refusal(asDokkerrError(thrown))}; `;
    scene.terminal.note(why + (isGone(thrown) ? 'there is nothing to wait for' : options.goesOn));
    return { exitCode: thrown instanceof Stopped ? thrown.exitCode : cliExitCodes.failed };
  } finally {
    display.leave();
    clearTimeout(timer);
    process.off('SIGINT', interrupt);
  }
}

function isGone(thrown: unknown): boolean {
  return asDokkerrError(thrown).code === 'DKR_API_NOT_FOUND';
}

interface Display<T> {
  readonly see: (object: T) => void;
  readonly interrupted: (error: DokkerrError) => void;
  readonly leave: () => void;
}

function displayOf<T>({ terminal, now }: Scene, { news, view }: WaitOptions<T>): Display<T> {
  const { live } = terminal;
  const lost = (error: DokkerrError) => `${refusal(error)}; waiting for it`;
  let last: T | undefined;
  if (live === undefined || view === undefined) {
    return {
      see: (object) => {
        for (const line of news(last, object)) terminal.note(line);
        last = object;
      },
      interrupted: (error) => terminal.note(lost(error)),
      leave: () => undefined,
    };
  }
  const draw = () => {
    if (last !== undefined) live.draw(view(last, { now: now(), width: live.width, paint: terminal.notePaint }));
  };
  const timer = setInterval(draw, redrawInterval);
  return {
    see: (object) => {
      last = object;
      draw();
    },
    interrupted: (error) => live.above(lost(error)),
    leave: () => {
      clearInterval(timer);
      live.leave();
    },
  };
}
