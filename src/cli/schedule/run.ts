/** `dokkerr schedule run`: a backup in a schedule's name, now. */
import type { Command } from 'commander';
import { scheduleLabel } from '#contracts/backup/schedule.ts';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import type { CliExitCode } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { type CreateFlags, create, withCreate } from '../run/create.ts';
import { nameOf } from '../run/name.ts';
import { checkWait } from '../wait-flags.ts';

type Options = ConnectionOptions & CreateFlags;

export function runScheduleCommand(): Command {
  const command = clusterCommand('run', 'begin a backup of the schedule now; it counts for its retention')
    .argument('<name>', 'of the BackupSchedule')
    .action((name: string, options: Options) =>
      perform(
        options,
        (scene) => runNow(scene, name, options),
        () => checkWait(options),
      ),
    );
  return withCreate(command);
}

async function runNow(scene: Scene, name: string, options: Options): Promise<CliExitCode> {
  const { spec } = await find(scene, await loadKind('BackupSchedule'), name);
  return create(scene, 'Backup', nameOf(name, scene.now()), spec.template, options, { [scheduleLabel]: name });
}
