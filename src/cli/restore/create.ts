/** `dokkerr restore create`. */
import type { Command } from 'commander';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import { absent, ensureThere } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import type { CliExitCode } from '../exit-codes.ts';
import { program } from '../invocation.ts';
import { loadKind } from '../kinds.ts';
import { type CreateFlags, create, withCreate } from '../run/create.ts';
import { nameOf } from '../run/name.ts';
import { several, wholeNumber } from '../values.ts';
import { checkWait } from '../wait-flags.ts';
import { type RestoreOptions, restoreSpec } from './spec.ts';

type Options = ConnectionOptions & RestoreOptions & CreateFlags;

export function createRestoreCommand(): Command {
  const command = clusterCommand('create', 'bring a backup back, into a claim or in place')
    .argument('[name]', 'of the Restore (default: where to, and the time)')
    .option('--backup <name>', 'this Backup')
    .option('--container <name>', 'the latest completed Backup of this Container')
    .option(
      '--as-of <time>',
      'with --container: the latest begun by then, as 2026-11-23T01:30:00Z, or 2h for two hours ago',
    )
    .option('--offset <count>', 'with --container: so many before that one', wholeNumber)
    .option('--store <name>', 'with --snapshot: the BackupStore it is in')
    .option('--snapshot <id>', 'a snapshot by its id')
    .option('--source-claim <name>', 'which claim of the backup, where it has several and the target is one')
    .option('--to-container <name>', 'in place: the Container is stopped, gets the data, and is started again')
    .option('--to-claim <name>', 'into this PersistentVolumeClaim, which no pod may use')
    .option('--new-claim <name>', 'into a claim that is made')
    .option('--size <quantity>', 'with --new-claim: its size, as 10Gi')
    .option('--storage-class <name>', 'with --new-claim: its StorageClass (default: that of the cluster)')
    .option('--include <pattern>', 'only these paths; may be given several times', several)
    .option('--exclude <pattern>', 'not these paths; may be given several times', several)
    .option('--checksum', 'compare every byte afterwards, not only kind and size of each file')
    .option('--no-safety-backup', 'in place: do not back up what is there before, and so have no way back')
    .action((name: string | undefined, options: Options) =>
      perform(
        options,
        (scene) => createRestore(scene, name, options),
        () => [checkWait(options), restoreSpec(options, new Date())],
      ),
    );
  return withCreate(command);
}

async function createRestore(scene: Scene, name: string | undefined, options: Options): Promise<CliExitCode> {
  const spec = restoreSpec(options, scene.now());
  const { container, store, toContainer, toClaim, newClaim } = options;
  await ensureBackup(scene, options.backup);
  if (container !== undefined) await ensureBackupsOf(scene, container);
  if (store !== undefined) await ensureThere(scene, await loadKind('BackupStore'), store);
  if (toContainer !== undefined) await ensureThere(scene, await loadKind('Container'), toContainer);
  if (toClaim !== undefined) await ensureThere(scene, PersistentVolumeClaim, toClaim);
  const subject = toContainer ?? toClaim ?? newClaim ?? 'restore';
  return create(scene, 'Restore', name ?? nameOf(subject, scene.now()), spec, options);
}

/** It can be brought back. */
async function ensureBackup(scene: Scene, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const backup = await ensureThere(scene, await loadKind('Backup'), name);
  const { outcome, phase = 'Pending' } = backup?.status ?? {};
  if (backup === undefined || outcome === 'Completed') return;
  const instead =
    outcome === undefined
      ? `wait for it with: ${program} backup show ${name} -n ${scene.namespace} --wait`
      : `name one that completed: ${program} backup list -n ${scene.namespace}`;
  throw misuse(`Backup ${name} is ${phase}: ${instead}`);
}

/** The Container itself may be gone; that is what backups are for. */
async function ensureBackupsOf({ client, namespace }: Scene, container: string): Promise<void> {
  const { items } = await client.list(await loadKind('Backup'), { namespace });
  const completed = items.filter(({ status }) => status?.outcome === 'Completed');
  const containers = new Set(completed.flatMap(({ spec }) => spec.containerRef?.name ?? []));
  if (!containers.has(container)) throw absent('completed Backup of Container', container, namespace, [...containers]);
}
