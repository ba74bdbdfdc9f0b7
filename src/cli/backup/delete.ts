/** `dokkerr backup delete`. */
import type { Command } from 'commander';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';

interface Options extends ConnectionOptions {
  readonly data?: boolean;
}

export function deleteBackupCommand(): Command {
  return clusterCommand('delete', 'delete Backups; their data stays in the store unless they say otherwise')
    .argument('<name...>', 'of the Backups')
    .option('--data', 'remove their data from the store, whatever they say')
    .action((names: readonly string[], options: Options) => perform(options, (scene) => remove(scene, names, options)));
}

/** All are looked up before the first goes. */
async function remove(scene: Scene, names: readonly string[], { data = false }: Options): Promise<CliExitCode> {
  const { client, terminal } = scene;
  const kind = await loadKind('Backup');
  const backups = [];
  for (const name of names) backups.push(await find(scene, kind, name));
  for (const { metadata, spec } of backups) {
    const { namespace = scene.namespace, name, uid } = metadata;
    if (data && spec.deletionPolicy !== 'Delete') {
      await client.patch(kind, { namespace, name }, { spec: { deletionPolicy: 'Delete' } });
    }
    await client.delete(kind, { namespace, name }, uid === undefined ? {} : { uid });
    const goes = data || spec.deletionPolicy === 'Delete';
    terminal.print(`Backup ${name} is deleted; its data ${goes ? 'is removed from' : 'stays in'} the store`);
  }
  return cliExitCodes.done;
}
