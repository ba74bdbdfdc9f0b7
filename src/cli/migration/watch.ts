/** `dokkerr migration watch`: follows a Migration until the application runs on the new volume, or it has ended otherwise. */
import type { Command } from 'commander';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import type { CliExitCode } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { type Format, outputOption } from '../render/format.ts';
import { tellEnding } from '../run/create.ts';
import { waitForEnd } from '../run/wait.ts';
import { milliseconds } from '../values.ts';

interface Options extends ConnectionOptions {
  /** milliseconds */
  readonly timeout?: number;
  readonly output: Format;
}

export function watchMigrationCommand(): Command {
  return clusterCommand('watch', 'follow a Migration with live progress; the exit code tells how it ended')
    .argument('<name>', 'of the Migration')
    .option('--timeout <time>', 'how long, as 30m; the Migration goes on (default: for ever)', milliseconds)
    .addOption(outputOption(['table', 'json', 'yaml', 'name']))
    .action((name: string, options: Options) => perform(options, (scene) => watch(scene, name, options)));
}

async function watch(scene: Scene, name: string, { timeout, output }: Options): Promise<CliExitCode> {
  const waited = await waitForEnd(scene, await find(scene, await loadKind('Migration'), name), timeout);
  return 'object' in waited ? tellEnding(scene, waited.object, output) : waited.exitCode;
}
