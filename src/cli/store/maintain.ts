/** `dokkerr store check`, `prune` and `sync`: asks the operator for maintenance of a repository, now. */
import type { Command } from 'commander';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { program } from '../invocation.ts';
import { loadKind } from '../kinds.ts';
import { waitUntil } from '../wait.ts';
import { checkWait, type WaitFlags, withWait } from '../wait-flags.ts';
import { isHandled, type Maintenance, maintenanceEnd, requestAnnotation, taskNews } from './task.ts';

type Options = ConnectionOptions & WaitFlags;

const effects: { readonly [M in Maintenance]: string } = {
  check: 'look for damage in the repository; with --wait, exit code 1 says that there is some',
  prune: 'remove data from the store that no backup needs any more',
  sync: 'look for backups in the repository that the cluster does not know, and for those that are gone',
};

export function maintainCommand(maintenance: Maintenance): Command {
  const command = clusterCommand(maintenance, effects[maintenance])
    .argument('<name>', 'of the BackupStore')
    .action((name: string, options: Options) =>
      perform(
        options,
        (scene) => maintain(scene, maintenance, name, options),
        () => checkWait(options),
      ),
    );
  return withWait(command);
}

async function maintain(
  scene: Scene,
  maintenance: Maintenance,
  name: string,
  { wait = false, timeout }: Options,
): Promise<CliExitCode> {
  const kind = await loadKind('BackupStore');
  const { metadata, spec } = await find(scene, kind, name);
  if (maintenance !== 'sync' && spec.maintenance.suspend) {
    throw misuse(`maintenance of BackupStore ${name} rests: set spec.maintenance.suspend to false first`);
  }
  const { namespace = scene.namespace } = metadata;
  const request = scene.now().toISOString();
  const annotations = { [requestAnnotation[maintenance]]: request };
  const asked = await scene.client.patch(kind, { namespace, name }, { metadata: { annotations } });
  if (!wait) {
    scene.terminal.print(
      `BackupStore ${name} was asked for a ${maintenance}; look at it with: ${program} store show ${name} -n ${namespace}`,
    );
    return cliExitCodes.done;
  }
  const waited = await waitUntil(scene, kind, asked, {
    ...(timeout === undefined ? {} : { timeout }),
    isOver: (store) => isHandled(store, maintenance, request),
    news: (before, after) => taskNews(before, after, maintenance),
    goesOn: `the ${maintenance} goes on; look at it with: ${program} store show ${name} -n ${namespace}`,
  });
  if (!('object' in waited)) return waited.exitCode;
  const { sentence, exitCode } = maintenanceEnd(waited.object, maintenance);
  scene.terminal.print(sentence);
  return exitCode;
}
