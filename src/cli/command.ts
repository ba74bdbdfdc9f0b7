/** What people's commands have in common: the options of a connection, and an end with one line and an exit code. */
import { Command } from 'commander';
import { asDokkerrError, DokkerrError } from '#runtime/errors.ts';
import { type ConnectionOptions, withConnection } from './connection/options.ts';
import { refusal } from './connection/refusal.ts';
import { openSession, type Session } from './connection/session.ts';
import { type CliExitCode, cliExitCodeNotes, cliExitCodes } from './exit-codes.ts';
import { processTerminal, type Terminal } from './terminal/terminal.ts';

/** Where a command acts. */
export interface Scene extends Session {
  readonly terminal: Terminal;
  readonly now: () => Date;
}

/** Its exit code; an error it throws becomes one line and a code of its own. */
export type Act = (scene: Scene) => Promise<CliExitCode>;

/** A command that speaks with a cluster. */
export function clusterCommand(name: string, description: string): Command {
  return withConnection(new Command(name).description(description)).addHelpText('after', cliExitCodeNotes);
}

/**
 * Connects, acts, and sets the process's exit code.
 * @param check of the call by itself, before anybody is asked anything
 */
export async function perform(options: ConnectionOptions, act: Act, check?: () => unknown): Promise<void> {
  const terminal = processTerminal();
  try {
    check?.();
    await using session = await openSession(options);
    process.exitCode = await act({ ...session, terminal, now: () => new Date() });
  } catch (thrown) {
    const error = asDokkerrError(thrown);
    terminal.note(`dokkerr: ${refusal(error)}`);
    process.exitCode = error.code === 'DKR_INTERNAL' ? cliExitCodes.failed : cliExitCodes.refused;
  }
}

/** What was asked for cannot be done as it was written. */
export function misuse(message: string): DokkerrError {
  return new DokkerrError('DKR_CONFIG_INVALID', message);
}
