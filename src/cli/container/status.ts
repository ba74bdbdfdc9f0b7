/** `dokkerr container status`: whether a Container runs, and what keeps it from it. */
import type { Command } from 'commander';
import type { Container } from '#crds/container.ts';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import type { CliExitCode } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { readiness } from '../readiness.ts';
import { conditionLines } from '../render/conditions.ts';
import { fieldLines, section } from '../render/fields.ts';
import { type Format, formatted, outputOption } from '../render/format.ts';
import { table } from '../render/table.ts';
import type { Paint } from '../terminal/paint.ts';

interface Options extends ConnectionOptions {
  readonly output: Format;
}

export function containerStatusCommand(): Command {
  return clusterCommand('status', 'show whether a Container is as it is declared, and what keeps it from it')
    .argument('<name>', 'of the Container')
    .addOption(outputOption(['table', 'json', 'yaml']))
    .action((name: string, options: Options) => perform(options, (scene) => status(scene, name, options)));
}

async function status(scene: Scene, name: string, { output }: Options): Promise<CliExitCode> {
  const { terminal, now } = scene;
  const kind = await loadKind('Container');
  const container = await find(scene, kind, name);
  const text = await formatted(output, kind, container);
  terminal.print(text ?? lines(container, now(), terminal.paint).join('\n'));
  return readiness(container);
}

/** Pure. */
export function lines({ metadata, spec, status: found }: Container, now: Date, paint: Paint): string[] {
  const { endpoints = [], volumes = [], conditions = [], lastError } = found ?? {};
  return [
    ...fieldLines(
      [
        ['Container', metadata.name],
        ['Namespace', metadata.namespace],
        ['Phase', found?.phase ?? 'Pending'],
        ['Ready', found?.ready],
        ['Image', spec.image],
        ['Answers at', endpoints.map(({ address }) => address).join(', ')],
        ['Error', lastError === undefined ? undefined : `${lastError.message} (${lastError.code})`],
      ],
      paint,
    ),
    ...section('Conditions', conditionLines(conditions, now, paint)),
    ...section('Volumes', volumeLines(volumes, paint)),
  ];
}

function volumeLines(volumes: NonNullable<NonNullable<Container['status']>['volumes']>, paint: Paint): string[] {
  if (volumes.length === 0) return [];
  const rows = volumes.map(({ name, claim, capacity = '', phase }) => [
    { text: name },
    { text: claim },
    { text: capacity },
    { text: phase, isPhase: true },
  ]);
  return table(['VOLUME', 'CLAIM', 'CAPACITY', 'PHASE'], rows, paint);
}
