/** `logs` of Backups, Restores and Migrations: what the operator told of a run, and what its pods wrote. */
import type { Command } from 'commander';
import { Event, Job, Pod } from '#runtime/client/kinds.ts';
import { isOwnedBy } from '#runtime/client/owners.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import { clusterCommand, perform, type Scene } from '../command.ts';
import { find } from '../connection/find.ts';
import type { ConnectionOptions } from '../connection/options.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { loadKind } from '../kinds.ts';
import { chronicle, eventEntries, type LogEntry, podEntries } from './chronicle.ts';
import type { Run, RunKindName } from './types.ts';

/** On the pods of a Job: which. */
const jobLabel = 'batch.kubernetes.io/job-name';

export function logsCommand(kind: RunKindName): Command {
  return clusterCommand(
    'logs',
    `show what the operator told of a ${kind}, and what its pods wrote while they are there`,
  )
    .argument('<name>', `of the ${kind}`)
    .action((name: string, options: ConnectionOptions) => perform(options, (scene) => logs(scene, kind, name)));
}

async function logs(scene: Scene, kindName: RunKindName, name: string): Promise<CliExitCode> {
  const kind = await loadKind(kindName);
  const run: Run = await find<Run>(scene, kind, name);
  const entries = [...(await toldOf(scene, run)), ...(await writtenFor(scene, run))];
  if (entries.length === 0) {
    scene.terminal.note(
      `nothing is known any more of ${kindName} ${name} but what show tells: Events and pods are gone`,
    );
    return cliExitCodes.done;
  }
  scene.terminal.print(chronicle(entries).join('\n'));
  return cliExitCodes.done;
}

async function toldOf({ client, namespace }: Scene, { kind, metadata }: Run): Promise<LogEntry[]> {
  const fieldSelector = `regarding.kind=${kind},regarding.name=${metadata.name}`;
  const { items } = await client.list(Event, { namespace, fieldSelector });
  // An earlier object may have had the same name.
  return eventEntries(items.filter(({ regarding }) => regarding?.uid === metadata.uid));
}

async function writtenFor(scene: Scene, run: Run): Promise<LogEntry[]> {
  const { client, namespace } = scene;
  const { items: jobs } = await client.list(Job, { namespace, labelSelector: 'dokkerr.io/mover' });
  const entries: LogEntry[] = [];
  for (const job of jobs.filter((candidate) => isOwnedBy(candidate, run))) {
    const { items: pods } = await client.list(Pod, { namespace, labelSelector: `${jobLabel}=${job.metadata.name}` });
    for (const pod of pods) entries.push(...(await logOf(scene, pod)));
  }
  return entries;
}

/** A pod that has not started yet has no log; one that is going has none any more. */
async function logOf({ client, namespace, terminal }: Scene, { metadata: { name } }: Pod): Promise<LogEntry[]> {
  try {
    const text = await client.raw(`/api/v1/namespaces/${namespace}/pods/${name}/log?container=mover&timestamps=true`);
    return podEntries(name, String(text));
  } catch (thrown) {
    terminal.note(`the log of pod ${name} cannot be read: ${asDokkerrError(thrown).message}`);
    return [];
  }
}
