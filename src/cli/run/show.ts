/** `show` of Backups, Restores and Migrations. */
import type { Command } from 'commander';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { type Format, formatted, outputOption } from '../render/format.ts';
import { checkWait, type WaitFlags, withWait } from '../wait-flags.ts';
import { tellEnding } from './create.ts';
import { details } from './details.ts';
import type { Run, RunKindName } from './types.ts';
import { waitForEnd } from './wait.ts';

type Options = ConnectionOptions & WaitFlags & { readonly output: Format };

/** Columns for whoever reads it from a file. */
const widest = 200;

export function showRunCommand(kind: RunKindName): Command {
  const command = clusterCommand('show', `show a ${kind}: its steps, its volumes, and what it failed of`)
    .argument('<name>', `of the ${kind}`)
    .addOption(outputOption(['table', 'json', 'yaml', 'name']))
    .action((name: string, options: Options) =>
      perform(
        options,
        (scene) => show(scene, kind, name, options),
        () => checkWait(options),
      ),
    );
  return withWait(command);
}

async function show(scene: Scene, kindName: RunKindName, name: string, options: Options): Promise<CliExitCode> {
  const { wait = false, timeout, output } = options;
  const { terminal, now } = scene;
  const kind = await loadKind(kindName);
  const run: Run = await find<Run>(scene, kind, name);
  if (wait) {
    const waited = await waitForEnd(scene, run, timeout);
    return 'object' in waited ? tellEnding(scene, waited.object, output) : waited.exitCode;
  }
  const text = await formatted(output, kind, run);
  const width = process.stdout.columns || widest;
  terminal.print(text ?? details(run, { now: now(), width, paint: terminal.paint }).join('\n'));
  return cliExitCodes.done;
}
