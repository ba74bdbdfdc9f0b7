/** What the commands have in common: options out of a table, and a process that ends with one line and an exit code. */
import { Command, Option } from 'commander';
import type * as z from 'zod';
import { exitCodes } from '#runtime/manager/process.ts';
import { parseConfig } from '../config.ts';
import { flagOf, helpOf, type OptionTable, variableOf } from '../options/option.ts';
import { fail } from './fail.ts';

export interface CommandDescription<S extends z.ZodType> {
  readonly name: string;
  readonly options: OptionTable;
  /** of the options together */
  readonly schema: S;
  /** printed below the options */
  readonly notes?: string;
  /** Given what flags and environment say, once that is known to be right. */
  readonly run: (config: z.output<S>) => Promise<void>;
}

/** A command whose configuration is checked before anything is started. */
export function defineCommand<S extends z.ZodType>(description: CommandDescription<S>): Command {
  const { name, options, schema, notes = '', run } = description;
  const command = new Command(name);
  for (const [option, told] of Object.entries(options))
    command.addOption(new Option(`${flagOf(option)} ${told.argument}`, helpOf(told)).env(variableOf(option)));
  return command.addHelpText('after', notes).action(async (flags: Record<string, unknown>) => {
    await run(configOrExit(schema, flags));
  });
}

function configOrExit<S extends z.ZodType>(schema: S, flags: Readonly<Record<string, unknown>>): z.output<S> {
  try {
    return parseConfig(schema, flags);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

/** What a role's process can end with, for its help. */
export const exitCodeNotes = `
Exit codes:
  ${exitCodes.ok}  stopped as asked
  ${exitCodes.failure}  an unexpected error
  ${exitCodes.unusable}  the configuration, the cluster or a permission is not as it has to be; the last line says what to do
  ${exitCodes.late}  stopped as asked, but not within --stop-timeout`;
