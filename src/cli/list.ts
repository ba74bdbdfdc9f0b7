/** `dokkerr … list`: the objects of one kind, as `kubectl get` shows them. */
import type { Command } from 'commander';
import { clusterCommand, perform, type Scene } from './command.ts';
import type { ConnectionOptions } from './connection/options.ts';
import { type CliExitCode, cliExitCodes } from './exit-codes.ts';
import { type KindName, loadKind } from './kinds.ts';
import { cellsOf } from './render/columns.ts';
import { type Format, formatted, outputOption } from './render/format.ts';
import { table } from './render/table.ts';

interface Options extends ConnectionOptions {
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly output: Format;
}

/** @param plural in the description: `Backups` */
export function listCommand(name: KindName, plural: string): Command {
  return clusterCommand('list', `list ${plural}`)
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('-l, --selector <labels>', 'only those with these labels: app=notes,tier!=test')
    .addOption(outputOption())
    .action((options: Options) => perform(options, (scene) => list(name, options, scene)));
}

async function list(
  name: KindName,
  { allNamespaces = false, selector, output }: Options,
  { client, namespace, terminal, now }: Scene,
): Promise<CliExitCode> {
  const kind = await loadKind(name);
  const { items } = await client.list(kind, {
    ...(allNamespaces ? {} : { namespace }),
    ...(selector === undefined ? {} : { labelSelector: selector }),
  });
  const text = await formatted(output, kind, items);
  if (text !== undefined) {
    if (text !== '') terminal.print(text);
  } else if (items.length === 0) {
    terminal.note(`there is no ${kind.kind} ${allNamespaces ? 'in the cluster' : `in namespace ${namespace}`}`);
  } else {
    const { head, rows } = cellsOf(kind.columns, items, {
      wide: output === 'wide',
      namespaces: allNamespaces,
      now: now(),
    });
    terminal.print(table(head, rows, terminal.paint).join('\n'));
  }
  return cliExitCodes.done;
}
