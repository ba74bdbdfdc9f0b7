/** `dokkerr store rotate-key`: asks the operator for a new password of a repository. */
import type { Command } from 'commander';
import type { BackupStore } from '#crds/backup-store.ts';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { program } from '../invocation.ts';
import { loadKind } from '../kinds.ts';
import { duration } from '../values.ts';
import { waitUntil } from '../wait.ts';
import { checkWait, type WaitFlags, withWait } from '../wait-flags.ts';
import { isHandled, taskNews, taskOf } from './task.ts';

interface Options extends ConnectionOptions, WaitFlags {
  readonly keepPreviousFor?: string;
}

export function rotateKeyCommand(): Command {
  const command = clusterCommand('rotate-key', 'replace the password; nothing is written anew')
    .argument('<name>', 'of the BackupStore')
    .option(
      '--keep-previous-for <time>',
      'how long the old one opens the repository, too (default: as it is, or 7d)',
      duration,
    )
    .action((name: string, options: Options) =>
      perform(
        options,
        (scene) => rotate(scene, name, options),
        () => checkWait(options),
      ),
    );
  return withWait(command);
}

async function rotate(scene: Scene, name: string, options: Options): Promise<CliExitCode> {
  const { wait = false, timeout, keepPreviousFor } = options;
  const kind = await loadKind('BackupStore');
  const store = await find(scene, kind, name);
  const { underWay } = taskOf(store, 'rotation');
  if (underWay !== undefined) {
    throw misuse(`the last new key of BackupStore ${name} is not through yet: ${underWay}; ask again afterwards`);
  }
  const { namespace = scene.namespace } = store.metadata;
  const requestedAt = scene.now().toISOString();
  const rotation = { requestedAt, ...(keepPreviousFor === undefined ? {} : { keepPreviousFor }) };
  const asked = await scene.client.patch(kind, { namespace, name }, { spec: { encryption: { rotation } } });
  const look = `${program} store show ${name} -n ${namespace}`;
  if (!wait) {
    scene.terminal.print(`BackupStore ${name} was asked for a new key; look at it with: ${look}`);
    return cliExitCodes.done;
  }
  const keyBefore = store.status?.keyID;
  const waited = await waitUntil(scene, kind, asked, {
    ...(timeout === undefined ? {} : { timeout }),
    isOver: (now) => isHandled(now, 'rotation', requestedAt) && isReplaced(now, keyBefore),
    news: (before, after) => taskNews(before, after, 'rotation'),
    goesOn: `the new key is still on its way; look at it with: ${look}`,
  });
  if (!('object' in waited)) return waited.exitCode;
  const { keySecret = '', keyID = '' } = waited.object.status ?? {};
  scene.terminal.print(
    `BackupStore ${name} opens with key ${keyID.slice(0, 8)} now: copy Secret ${keySecret} out of the cluster`,
  );
  return cliExitCodes.done;
}

function isReplaced({ status }: BackupStore, keyBefore: string | undefined): boolean {
  return status?.keyID !== undefined && status.keyID !== keyBefore;
}
