/** `dokkerr store show`: whether a store can be used, and what keeps it from it. */
import type { Command } from 'commander';
import type { BackupStore } from '#crds/backup-store.ts';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import type { CliExitCode } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { readiness } from '../readiness.ts';
import { age } from '../render/age.ts';
import { conditionLines } from '../render/conditions.ts';
import { fieldLines, section } from '../render/fields.ts';
import { type Format, formatted, outputOption } from '../render/format.ts';
import type { Paint } from '../terminal/paint.ts';

interface Options extends ConnectionOptions {
  readonly output: Format;
}

export function showStoreCommand(): Command {
  return clusterCommand('show', 'show whether a store can be used, and what keeps it from it')
    .argument('<name>', 'of the BackupStore')
    .addOption(outputOption(['table', 'json', 'yaml']))
    .action((name: string, options: Options) => perform(options, (scene) => show(scene, name, options)));
}

async function show(scene: Scene, name: string, { output }: Options): Promise<CliExitCode> {
  const { terminal, now } = scene;
  const kind = await loadKind('BackupStore');
  const store = await find(scene, kind, name);
  const text = await formatted(output, kind, store);
  terminal.print(text ?? lines(store, now(), terminal.paint).join('\n'));
  return readiness(store);
}

/** Pure. */
export function lines({ metadata, spec, status = {} }: BackupStore, now: Date, paint: Paint): string[] {
  const ago = (time: string | undefined) => (time === undefined ? undefined : `${age(time, now)} ago`);
  const { latencyMs, clockSkewSeconds, lastError, lastValidatedAt, conditions = [] } = status;
  return [
    ...fieldLines(
      [
        ['BackupStore', metadata.name],
        ['Namespace', metadata.namespace],
        ['Phase', status.phase ?? 'Pending'],
        ['Bucket', [spec.s3.bucket, spec.s3.prefix].filter((part) => part !== '').join('/')],
        ['At', spec.s3.endpoint],
        ['Repository', status.repositoryID],
        [
          'Key',
          status.keySecret === undefined ? undefined : `Secret ${status.keySecret}; keep a copy outside the cluster`,
        ],
        ['Answered', ago(lastValidatedAt)],
        ['Latency', latencyMs === undefined ? undefined : `${latencyMs} ms`],
        ['Clock', clockSkewSeconds === undefined ? undefined : `${clockSkewSeconds} s ahead of the operator's`],
        ['Error', lastError === undefined ? undefined : `${lastError.message} (${lastError.code})`],
      ],
      paint,
    ),
    ...section('Conditions', conditionLines(conditions, now, paint)),
  ];
}
