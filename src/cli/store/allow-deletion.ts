/** `dokkerr store allow-deletion`: says that the many Backups deleted so far were meant, so that their data goes. */
import type { Command } from 'commander';
import { deletionAnnotation } from '#contracts/store/mass-deletion.ts';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';

export function allowDeletionCommand(): Command {
  return clusterCommand(
    'allow-deletion',
    'let the data go of Backups that were deleted in such numbers that it was kept',
  )
    .argument('<name>', 'of the BackupStore')
    .action((name: string, options: ConnectionOptions) => perform(options, (scene) => allow(scene, name)));
}

async function allow(scene: Scene, name: string): Promise<CliExitCode> {
  const kind = await loadKind('BackupStore');
  const { metadata, status } = await find(scene, kind, name);
  const { heldDeletions = 0 } = status ?? {};
  if (heldDeletions === 0) throw misuse(`BackupStore ${name} holds no deleted Backup back: there is nothing to allow`);
  const { namespace = scene.namespace } = metadata;
  const annotations = { [deletionAnnotation]: scene.now().toISOString() };
  await scene.client.patch(kind, { namespace, name }, { metadata: { annotations } });
  scene.terminal.print(`the data of ${heldDeletions} deleted Backups leaves BackupStore ${name}`);
  return cliExitCodes.done;
}
