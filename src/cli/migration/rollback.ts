/** `dokkerr migration rollback`: brings the old volume back, while it is still kept. */
import type { Command } from 'commander';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { endingOf } from '../run/ending.ts';
import { isOver } from '../run/types.ts';
import { waitForEnd } from '../run/wait.ts';
import { checkWait, type WaitFlags, withWait } from '../wait-flags.ts';

type Options = ConnectionOptions & WaitFlags;

export function rollbackMigrationCommand(): Command {
  const command = clusterCommand(
    'rollback',
    'go back to the old volume, while it is kept; what was written since the switch stays on the new one',
  )
    .argument('<name>', 'of the Migration')
    .action((name: string, options: Options) =>
      perform(
        options,
        (scene) => rollBack(scene, name, options),
        () => checkWait(options),
      ),
    );
  return withWait(command);
}

async function rollBack(scene: Scene, name: string, { wait = false, timeout }: Options): Promise<CliExitCode> {
  const kind = await loadKind('Migration');
  const migration = await find(scene, kind, name);
  if (isOver(migration)) {
    throw misuse(`Migration ${name} has ended as ${migration.status?.phase ?? ''}: there is no way back any more`);
  }
  const asked = await scene.client.patch(kind, migration.metadata, { spec: { rollback: { requested: true } } });
  if (!wait) {
    scene.terminal.print(`Migration ${name} was asked to go back`);
    return cliExitCodes.done;
  }
  const waited = await waitForEnd(scene, asked, timeout, isOver);
  if (!('object' in waited)) return waited.exitCode;
  scene.terminal.print(endingOf(waited.object).sentence);
  // It may have been too late, or the way back may have failed.
  return waited.object.status?.outcome === 'RolledBack' ? cliExitCodes.done : cliExitCodes.failed;
}
