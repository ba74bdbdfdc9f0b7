/** What the program was called as, so that what it tells to type next works. Pure. */
import { basename } from 'node:path';

/** Names of files by which kubectl finds a plugin, and what completes its words. */
const plugin = 'kubectl-dokkerr';
const pluginCompletion = 'kubectl_complete-dokkerr';

export interface Invocation {
  /** as people type it */
  readonly name: string;
  /** kubectl asks what may be written next */
  readonly isCompletion: boolean;
}

/** @param file the program's own, a link to it perhaps */
export function invokedAs(file: string | undefined): Invocation {
  const name = basename(file ?? '');
  return { name: name === plugin ? 'kubectl dokkerr' : 'dokkerr', isCompletion: name === pluginCompletion };
}

/** This process. A launcher that starts Node says in DOKKERR_INVOKED_AS what it was called itself. */
export const invocation: Invocation = invokedAs(process.env.DOKKERR_INVOKED_AS ?? process.argv[1]);

export const program: string = invocation.name;
