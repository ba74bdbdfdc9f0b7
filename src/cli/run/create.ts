/** Begins a run and, where that is asked for, waits for its end. What every `create` command does at its end. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { apiVersionOf } from '#runtime/client/types.ts';
import type { Scene } from '../command.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { program } from '../invocation.ts';
import { loadKind, type Objects } from '../kinds.ts';
import { type Format, formatted, outputOption } from '../render/format.ts';
import { type WaitFlags, withWait } from '../wait-flags.ts';
import { endingOf } from './ending.ts';
import type { Run, RunKindName } from './types.ts';
import { waitForEnd } from './wait.ts';

export interface CreateFlags extends WaitFlags {
  readonly dryRun?: boolean;
  readonly output: Format;
}

/** The flags of a command that begins a run. */
export function withCreate(command: Command): Command {
  return withWait(command)
    .addOption(new Option('--dry-run', 'have the cluster check it, and make nothing').conflicts('wait'))
    .addOption(outputOption(['table', 'json', 'yaml', 'name']));
}

/**
 * Begins it in the scene's namespace.
 * @param spec as far as it was written
 * @throws DKR_API_CONFLICT when the name is taken, DKR_API_INVALID and DKR_API_FORBIDDEN when the cluster refuses it
 */
export async function create<N extends RunKindName>(
  scene: Scene,
  kindName: N,
  name: string,
  spec: Partial<Objects[N]['spec']>,
  { wait = false, timeout, dryRun = false, output }: CreateFlags,
  labels: Readonly<Record<string, string>> = {},
): Promise<CliExitCode> {
  const kind = await loadKind(kindName);
  const { client, namespace, terminal } = scene;
  const object = {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { namespace, name, ...(Object.keys(labels).length === 0 ? {} : { labels: { ...labels } }) },
    // Sound: the API server fills in what has a default, and refuses what is missing.
    spec: spec as Objects[N]['spec'],
  };
  const begun: Run = await client.create<Run>(kind, object as Run, { dryRun });
  if (!wait) {
    const text = await formatted(output, kind, begun);
    terminal.print(text ?? (dryRun ? `${kind.kind} ${name} would be made` : begunSentence(begun)));
    return cliExitCodes.done;
  }
  terminal.note(`${kind.kind} ${name} is made`);
  const waited = await waitForEnd(scene, begun, timeout);
  if (!('object' in waited)) return waited.exitCode;
  return tellEnding(scene, waited.object, output);
}

/** The object where a script reads it, else a sentence. */
export async function tellEnding({ terminal }: Scene, run: Run, output: Format): Promise<CliExitCode> {
  const { sentence, exitCode } = endingOf(run);
  const text = await formatted(output, await loadKind(run.kind as RunKindName), run);
  if (text !== undefined) terminal.note(sentence);
  terminal.print(text ?? sentence);
  return exitCode;
}

function begunSentence({ kind, metadata }: Run): string {
  return `${kind} ${metadata.name} is made; follow it with: ${program} ${kind.toLowerCase()} show ${metadata.name} -n ${metadata.namespace ?? ''} --wait`;
}
