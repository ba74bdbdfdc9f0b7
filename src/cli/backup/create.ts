/** `dokkerr backup create`. */
import { type Command, Option } from 'commander';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { ensureThere } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { loadKind } from '../kinds.ts';
import { type CreateFlags, create, withCreate } from '../run/create.ts';
import { nameOf } from '../run/name.ts';
import { duration, several } from '../values.ts';
import { checkWait } from '../wait-flags.ts';
import { type BackupOptions, backupSpec } from './spec.ts';

type Options = ConnectionOptions & BackupOptions & CreateFlags;

export function createBackupCommand(): Command {
  const command = clusterCommand('create', 'begin a backup of a Container, or of any claims')
    .argument('[name]', 'of the Backup (default: what it is of, and the time)')
    .option('--container <name>', 'every claim of this Container')
    .option('--claim <name>', 'this PersistentVolumeClaim; may be given several times', several)
    .option('--store <name>', 'BackupStore (default: that of the namespace)')
    .addOption(
      new Option('--copy-method <method>', 'what is read (default: a snapshot where there can be one)').choices([
        'Snapshot',
        'Clone',
        'Direct',
      ]),
    )
    .addOption(
      new Option('--verify <mode>', 'how it is proven (default: Metadata)').choices(['None', 'Metadata', 'Data']),
    )
    .addOption(
      new Option('--on-unreadable-files <policy>', 'fail, or end as PartiallyFailed (default: Fail)').choices([
        'Fail',
        'Warn',
      ]),
    )
    .addOption(
      new Option('--on-empty-source <policy>', 'what a volume without a single file does (default: Fail)').choices([
        'Fail',
        'Warn',
        'Allow',
      ]),
    )
    .option('--include <pattern>', 'only these paths; may be given several times', several)
    .option('--exclude <pattern>', 'not these paths; may be given several times', several)
    .option('--ttl <time>', 'how long it is kept, as 30d (default: for ever)', duration)
    .option('--pin', 'keep it: neither its ttl nor a retention removes it')
    .option('--delete-data', 'deleting the Backup shall remove its data from the store, too')
    .action((name: string | undefined, options: Options) =>
      perform(
        options,
        (scene) => createBackup(scene, name, options),
        () => [checkWait(options), backupSpec(options)],
      ),
    );
  return withCreate(command);
}

async function createBackup(scene: Scene, name: string | undefined, options: Options) {
  const spec = backupSpec(options);
  const { container, claim = [], store } = options;
  if (container !== undefined) await ensureThere(scene, await loadKind('Container'), container);
  if (store !== undefined) await ensureThere(scene, await loadKind('BackupStore'), store);
  for (const one of claim) await ensureThere(scene, PersistentVolumeClaim, one);
  const subject = container ?? claim[0] ?? 'backup';
  return create(scene, 'Backup', name ?? nameOf(subject, scene.now()), spec, options);
}
