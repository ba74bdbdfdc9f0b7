/** `dokkerr migration approve`: lets a Migration switch over that waits for somebody to say so. It takes the verb `approve`. */
import type { Command } from 'commander';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { tellEnding } from '../run/create.ts';
import { isOver } from '../run/types.ts';
import { waitForEnd } from '../run/wait.ts';
import { checkWait, type WaitFlags, withWait } from '../wait-flags.ts';

type Options = ConnectionOptions & WaitFlags;

export function approveMigrationCommand(): Command {
  const command = clusterCommand('approve', 'let a Migration switch over that asked for approval')
    .argument('<name>', 'of the Migration')
    .action((name: string, options: Options) =>
      perform(
        options,
        (scene) => approve(scene, name, options),
        () => checkWait(options),
      ),
    );
  return withWait(command);
}

async function approve(scene: Scene, name: string, { wait = false, timeout }: Options): Promise<CliExitCode> {
  const kind = await loadKind('Migration');
  const migration = await find(scene, kind, name);
  const { requireApproval, approved } = migration.spec.switchOver;
  if (isOver(migration)) {
    throw misuse(`Migration ${name} has ended as ${migration.status?.phase ?? ''}: there is nothing left to approve`);
  }
  if (!requireApproval) throw misuse(`Migration ${name} asks for no approval: it switches over by itself`);
  const asked = approved
    ? migration
    : await scene.client.patch(kind, migration.metadata, { spec: { switchOver: { approved: true } } });
  if (!wait) {
    scene.terminal.print(`Migration ${name} is approved${approved ? ' already' : ''}`);
    return cliExitCodes.done;
  }
  const waited = await waitForEnd(scene, asked, timeout);
  return 'object' in waited ? tellEnding(scene, waited.object, 'table') : waited.exitCode;
}
