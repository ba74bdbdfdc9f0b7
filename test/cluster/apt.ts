/** apt-get, which several runs on one machine may call at once: it waits for a lock of dpkg's if told to, but for none of its own. */
import { CommandError, type CommandOptions, run } from './command.ts';
import { waitUntil } from './wait.ts';

/** Milliseconds: as long as somebody else's installation may take. */
const patience = 600_000;

/** What apt says of either lock that somebody else has (apt-pkg/update.cc, apt-pkg/deb/debsystem.cc). */
const isLocked = /Unable to (lock directory|acquire the dpkg frontend lock)|Could not get lock/;

/** Runs it once nobody else does. Rejects with a {@link CommandError} for any other reason to fail. */
export async function aptGet(args: readonly string[], program = 'apt-get', pauseMs = 1_000): Promise<void> {
  const options: CommandOptions = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  let failure: Error | undefined;
  const attempt = async () => {
    try {
      await run(program, args, options);
    } catch (error) {
      if (error instanceof CommandError && isLocked.test(error.stderr)) return false;
      failure = error instanceof Error ? error : new Error(String(error));
    }
    return true;
  };
  const what = `apt-get ${args[0] ?? ''}, which somebody else runs,`;
  await waitUntil(what, attempt, { timeoutMs: patience, intervalMs: pauseMs });
  if (failure !== undefined) throw failure;
}
