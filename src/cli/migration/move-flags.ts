/** The flags by which `migration plan` and `migration start` say what to move, and what of it is looked up beforehand. */
import { type Command, Option } from 'commander';
import { Namespace, PersistentVolumeClaim, StorageClass } from '#runtime/client/kinds.ts';
import type { Scene } from '../command.ts';
import { ensureThere } from '../connection/find.ts';
import { loadKind } from '../kinds.ts';
import { wholeNumber } from '../values.ts';
import type { MoveOptions } from './spec.ts';

/** Adds them. */
export function withMove(command: Command): Command {
  return command
    .option('--container <name>', 'every claim of this Container')
    .option('--claim <name>', 'this PersistentVolumeClaim, with whatever uses it')
    .option('--to-class <name>', 'StorageClass in the end (default: as it is)')
    .option('--to-size <quantity>', 'size in the end, as 20Gi; it may be smaller, if the data fits (default: as it is)')
    .addOption(
      new Option('--to-access-mode <mode>', 'access mode in the end (default: as it is)').choices([
        'ReadWriteOnce',
        'ReadOnlyMany',
        'ReadWriteMany',
        'ReadWriteOncePod',
      ]),
    )
    .option('--to-name <name>', 'with --claim: name of the claim in the end; what uses it is pointed there')
    .option('--to-namespace <name>', 'namespace in the end; it has to agree by annotation dokkerr.io/migrations-from')
    .option('--store <name>', 'BackupStore the data is carried through (default: that of the namespace)')
    .option('--pre-sync-passes <count>', 'how often to copy while the application runs (default: 1)', wholeNumber)
    .addOption(
      new Option(
        '--verify <content>',
        'of which files the content is compared before the switch (default: Sample)',
      ).choices(['Full', 'Sample']),
    )
    .option('--stage-only', 'only make the new claim with the data: stop, start and switch nothing');
}

/** What is named is there, as far as whoever asks may see it. @throws DKR_DEPENDENCY_MISSING */
export async function ensureNamed(scene: Scene, options: MoveOptions): Promise<void> {
  const { container, claim, store, toClass, toNamespace } = options;
  if (container !== undefined) await ensureThere(scene, await loadKind('Container'), container);
  if (claim !== undefined) await ensureThere(scene, PersistentVolumeClaim, claim);
  if (store !== undefined) await ensureThere(scene, await loadKind('BackupStore'), store);
  if (toClass !== undefined) await ensureThere(scene, StorageClass, toClass);
  if (toNamespace !== undefined) await ensureThere(scene, Namespace, toNamespace);
}
