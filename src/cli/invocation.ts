/** What the program was called as, so that what it tells to type next works. Pure. */
import { basename } from 'node:path';

/** `kubectl dokkerr` for the plugin, whose file has to be called `kubectl-dokkerr`, else `dokkerr`. */
export function invokedAs(file: string | undefined): string {
  return basename(file ?? '').startsWith('kubectl-dokkerr') ? 'kubectl dokkerr' : 'dokkerr';
}

/** This process. A launcher that starts Node says in DOKKERR_INVOKED_AS what it was called itself. */
export const program = invokedAs(process.env.DOKKERR_INVOKED_AS ?? process.argv[1]);
