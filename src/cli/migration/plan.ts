/** `dokkerr migration plan`: has the operator plan a move and shows it. What it is asked by is removed again, however it ends. */
import type { Command } from 'commander';
import type { Migration } from '#crds/migration.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import { clusterCommand, misuse, perform, type Scene } from '../command.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { refusal } from '../connection/refusal.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { program } from '../invocation.ts';
import { loadKind } from '../kinds.ts';
import { fieldLines } from '../render/fields.ts';
import { type Format, formatted, outputOption } from '../render/format.ts';
import { nameOf } from '../run/name.ts';
import { isOver } from '../run/types.ts';
import type { Paint } from '../terminal/paint.ts';
import { milliseconds } from '../values.ts';
import { waitUntil } from '../wait.ts';
import { ensureNamed, withMove } from './move-flags.ts';
import { objection, planFields, volumeLines, warningLines } from './plan-lines.ts';
import { type MoveOptions, migrationSpec } from './spec.ts';

interface Options extends ConnectionOptions, MoveOptions {
  /** milliseconds */
  readonly timeout?: number;
  readonly output: Format;
}

/** Milliseconds: a plan reads a few objects. */
const usualPatience = 60_000;

export function planMigrationCommand(): Command {
  return withMove(
    clusterCommand(
      'plan',
      'show what a move would do, how long the application would stand still, and what speaks against it; nothing is changed',
    ),
  )
    .option('--timeout <time>', 'how long to wait for the operator (default: 60s)', milliseconds)
    .addOption(outputOption(['table', 'json', 'yaml']))
    .action((options: Options) =>
      perform(
        options,
        (scene) => plan(scene, options),
        () => migrationSpec({ ...options, rollback: true }),
      ),
    );
}

async function plan(scene: Scene, options: Options): Promise<CliExitCode> {
  await ensureNamed(scene, options);
  const { client, namespace, terminal, now } = scene;
  const kind = await loadKind('Migration');
  const key = { namespace, name: nameOf(`plan-${options.container ?? options.claim ?? ''}`, now()) };
  const spec = { ...migrationSpec({ ...options, rollback: true }), dryRun: true };
  const asked = await client.create(kind, {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: key,
    // Sound: the API server fills in what has a default.
    spec: spec as Migration['spec'],
  });
  try {
    const waited = await waitUntil(scene, kind, asked, {
      timeout: options.timeout ?? usualPatience,
      isOver: (migration) => isOver(migration) || objection(migration) !== undefined,
      news: () => [],
      goesOn: 'no plan came: see whether the operator runs',
    });
    if (!('object' in waited)) return waited.exitCode;
    const refused = objection(waited.object);
    if (refused !== undefined) throw misuse(refused);
    const text = await formatted(options.output, kind, waited.object);
    terminal.print(text ?? lines(waited.object, terminal.paint).join('\n'));
    return cliExitCodes.done;
  } finally {
    await remove(scene, key);
  }
}

/** Whoever may make one and not delete it is told: what was planned stands all the same. */
async function remove({ client, terminal }: Scene, key: { namespace: string; name: string }): Promise<void> {
  try {
    await client.delete(await loadKind('Migration'), key);
  } catch (thrown) {
    terminal.note(`Migration ${key.name} stays, and is a plan only: ${refusal(asDokkerrError(thrown))}`);
  }
}

/** Pure. */
export function lines({ status }: Migration, paint: Paint): string[] {
  const { plan: planned, target = '', source = '' } = status ?? {};
  if (planned === undefined) return ['the operator left no plan'];
  return [
    ...fieldLines([['Of', source], ['To', target], ...planFields(planned)], paint),
    '',
    ...volumeLines(planned, paint),
    ...warningLines(planned),
    '',
    `Nothing was changed. Begin it with the same options: ${program} migration start`,
  ];
}
