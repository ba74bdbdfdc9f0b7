#!/usr/bin/env node
/** The command line: people's commands and the operator's roles in one tree; what is wrong about a call ends with code 2. */
import { Command } from 'commander';
import { exitCodes } from '#runtime/manager/process.ts';
import { askedByShellsCommand, completionCommand } from './cli/completion/commands.ts';
import { askCommand } from './cli/completion/scripts.ts';
import { peopleCommands } from './cli/groups.ts';
import { invocation } from './cli/invocation.ts';
import { roleCommands } from './commands/roles.ts';
import { versionCommand } from './commands/version.ts';

const program = new Command(invocation.name)
  .description('One Kubernetes operator for containers, proven backups, reversible migrations and releases.')
  .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.unusable));

program.commandsGroup('Commands:');
for (const command of [...peopleCommands(), completionCommand(), versionCommand]) program.addCommand(command);
program.addCommand(askedByShellsCommand(), { hidden: true });
program.commandsGroup('Roles of the operator:');
const words = process.argv.slice(2);
for (const command of await roleCommands(words)) program.addCommand(command);
inheritSettings(program);

await program.parseAsync(invocation.isCompletion ? [askCommand, '--', ...words] : words, { from: 'user' });

/** A command made by itself knows nothing of its parent's ways until it is told. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent));
}

/** What is wrong with a call, without the whole help: it may be all that a pod's log holds. */
function oneLine(text: string): string {
  return `${text
    .trim()
    .replace(/^error: /, 'dokkerr: ')
    .replace(/\.$/, '')
    .replace(/\s*\n\s*/g, ' ')}; --help tells what there is\n`;
}
