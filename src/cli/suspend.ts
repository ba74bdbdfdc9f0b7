/** `suspend` and `resume` of what has `spec.suspend`. */
import type { Command } from 'commander';
import { clusterCommand, perform, type Scene } from './command.ts';
import { find } from './connection/find.ts';
import type { ConnectionOptions } from './connection/options.ts';
import { type CliExitCode, cliExitCodes } from './exit-codes.ts';
import { loadKind } from './kinds.ts';

type Suspendable = 'BackupSchedule' | 'Container';

const effects: { readonly [K in Suspendable]: { readonly suspend: string; readonly resume: string } } = {
  BackupSchedule: {
    suspend: 'begin no further backups; those that run go on, and retention too',
    resume: 'begin backups again',
  },
  Container: {
    suspend: 'stop all pods, and keep everything else: claims, Service, address',
    resume: 'start the pods again',
  },
};

/** @param verb what is to be done */
export function suspendCommand(kind: Suspendable, verb: 'suspend' | 'resume'): Command {
  return clusterCommand(verb, effects[kind][verb])
    .argument('<name>', `of the ${kind}`)
    .action((name: string, options: ConnectionOptions) =>
      perform(options, (scene) => setSuspend(scene, kind, name, verb === 'suspend')),
    );
}

async function setSuspend(scene: Scene, kindName: Suspendable, name: string, suspend: boolean): Promise<CliExitCode> {
  const kind = await loadKind(kindName);
  const { metadata, spec } = await find(scene, kind, name);
  const state = suspend ? 'suspended' : 'not suspended';
  if (spec.suspend === suspend) {
    scene.terminal.print(`${kindName} ${name} is ${state} already`);
    return cliExitCodes.done;
  }
  const { namespace = scene.namespace } = metadata;
  await scene.client.patch(kind, { namespace, name }, { spec: { suspend } });
  scene.terminal.print(`${kindName} ${name} is ${state}`);
  return cliExitCodes.done;
}
