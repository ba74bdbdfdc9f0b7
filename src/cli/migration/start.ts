/** `dokkerr migration start`. */
import type { Command } from 'commander';
import { clusterCommand, perform, type Scene } from '../command.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import type { CliExitCode } from '../exit-codes.ts';
import { type CreateFlags, create, withCreate } from '../run/create.ts';
import { nameOf } from '../run/name.ts';
import { duration, durationOrNone } from '../values.ts';
import { checkWait } from '../wait-flags.ts';
import { ensureNamed, withMove } from './move-flags.ts';
import { migrationSpec, type StartOptions } from './spec.ts';

type Options = ConnectionOptions & StartOptions & CreateFlags;

export function startMigrationCommand(): Command {
  const command = withMove(
    clusterCommand('start', 'move volumes; with --wait until the application runs on the new ones').argument(
      '[name]',
      'of the Migration (default: what it is of, and the time)',
    ),
  )
    .option('--require-approval', 'copy, and wait for migration approve before anything is stopped')
    .option(
      '--ready-within <time>',
      'how long the application may take to get Ready before it goes back (default: 10m)',
      duration,
    )
    .option(
      '--keep-source <time>',
      'how long the old volume is kept as a way back, as 7d or 0s (default: 24h)',
      durationOrNone,
    )
    .option('--no-rollback', 'leave things as they are when something fails, in place of going back')
    .action((name: string | undefined, options: Options) =>
      perform(
        options,
        (scene) => start(scene, name, options),
        () => [checkWait(options), migrationSpec(options)],
      ),
    );
  return withCreate(command);
}

async function start(scene: Scene, name: string | undefined, options: Options): Promise<CliExitCode> {
  await ensureNamed(scene, options);
  const subject = options.container ?? options.claim ?? 'migration';
  return create(scene, 'Migration', name ?? nameOf(subject, scene.now()), migrationSpec(options), options);
}
