/** The keys of a repository: several passwords open the same data, so that one can be replaced without rewriting any. */
import { RunFailure } from '#contracts/mover/failure.ts';
import type { CallOptions } from '../engine.ts';
import { command, document } from './command.ts';
import * as messages from './messages.ts';
import type { ResticProgram } from './process.ts';

/** The id of the key that the repository opens with. */
export async function currentKey(restic: ResticProgram, { signal }: CallOptions): Promise<string> {
  return (await listKeys(restic, signal)).find(({ current }) => current)?.id ?? '';
}

/** Adds the password in that file unless it opens the repository already; resolves to its key's id. */
export async function addKey(restic: ResticProgram, passwordFile: string, options: CallOptions): Promise<string> {
  const renewed = { ...restic, env: { ...restic.env, RESTIC_PASSWORD_FILE: passwordFile } };
  const there = await currentKey(renewed, options).catch((error: unknown) => {
    if (error instanceof RunFailure && error.class === 'WrongKey') return undefined;
    throw error;
  });
  if (there !== undefined) return there;
  const args = ['key', 'add', `--new-password-file=${passwordFile}`];
  await command(restic, { args, signal: options.signal });
  // Adding tells a short id only.
  return currentKey(renewed, options);
}

/** Removes a key unless it is gone already. */
export async function removeKey(restic: ResticProgram, keyID: string, { signal }: CallOptions): Promise<void> {
  const keys = await listKeys(restic, signal);
  const found = keys.find(({ id }) => id.startsWith(keyID) || keyID.startsWith(id));
  if (found === undefined) return;
  if (found.current) {
    const message = `key ${keyID} is the one in use: use another before this one is removed`;
    throw new RunFailure('Internal', message, { retryable: false });
  }
  await command(restic, { args: ['key', 'remove', found.id], signal });
}

function listKeys(restic: ResticProgram, signal: AbortSignal) {
  return document(restic, messages.keys, ['key', 'list', '--no-lock'], signal);
}
