#!/usr/bin/env node
/** The command line: one command a role, each in a file of its own; what is wrong about a call ends with code 2. */
import { Command } from 'commander';
import { exitCodes } from '#runtime/manager/process.ts';
import { controllerCommand } from './commands/controller.ts';
import { moverCommand } from './commands/mover.ts';
import { versionCommand } from './commands/version.ts';
import { webhookCommand } from './commands/webhook.ts';

const program = new Command('dokkerr')
  .description('One Kubernetes operator for containers, proven backups, reversible migrations and releases.')
  .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.unusable));

// A command made by itself knows nothing of its parent's ways until it is told.
for (const command of [versionCommand, controllerCommand, webhookCommand, moverCommand])
  program.addCommand(command.copyInheritedSettings(program));

await program.parseAsync();

/** What is wrong with a call, without the whole help: it may be all that a pod's log holds. */
function oneLine(text: string): string {
  return `${text
    .trim()
    .replace(/^error: /, 'dokkerr: ')
    .replace(/\s*\n\s*/g, ' ')}; --help tells what there is\n`;
}
