/** `cancel` of Backups, Restores and Migrations. */
import type { Command } from 'commander';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { checkWait, type WaitFlags, withWait } from '../wait-flags.ts';
import { endingOf } from './ending.ts';
import { isOver, type Run, type RunKindName } from './types.ts';
import { waitForEnd } from './wait.ts';

type Options = ConnectionOptions & WaitFlags;

const effects: { readonly [K in RunKindName]: string } = {
  Backup: 'end a Backup that is under way; what it made is cleared up',
  Restore:
    'end a Restore that is under way; in place, the data of before comes back and the Container is started again',
  Migration:
    'end a Migration that is under way; what it did is undone, and the application runs on the old volume again',
};

export function cancelCommand(kind: RunKindName): Command {
  const command = clusterCommand('cancel', effects[kind])
    .argument('<name>', `of the ${kind}`)
    .action((name: string, options: Options) =>
      perform(
        options,
        (scene) => cancel(scene, kind, name, options),
        () => checkWait(options),
      ),
    );
  return withWait(command);
}

async function cancel(
  scene: Scene,
  kindName: RunKindName,
  name: string,
  { wait = false, timeout }: Options,
): Promise<CliExitCode> {
  const kind = await loadKind(kindName);
  const run: Run = await find<Run>(scene, kind, name);
  if (isOver(run)) {
    throw misuse(`${kindName} ${name} has ended as ${run.status?.phase ?? ''}: there is nothing left to cancel`);
  }
  const asked: Run = await scene.client.patch<Run>(kind, run.metadata, { spec: { cancel: true } });
  if (!wait) {
    scene.terminal.print(`${kindName} ${name} was asked to end`);
    return cliExitCodes.done;
  }
  const waited = await waitForEnd(scene, asked, timeout, isOver);
  if (!('object' in waited)) return waited.exitCode;
  scene.terminal.print(endingOf(waited.object).sentence);
  // It may have been too late: then it ended as it would have.
  const outcome = waited.object.status?.outcome;
  return outcome === 'Canceled' || outcome === 'RolledBack' ? cliExitCodes.done : cliExitCodes.partial;
}
