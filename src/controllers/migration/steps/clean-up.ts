/** Cleanup: the old volumes go, as far as their reclaim policy lets them, and the new ones get back the policy of theirs. */
import { giveBack, retire } from '#contracts/volume/settle.ts';
import { findWorkloads } from '#contracts/workload/find.ts';
import { titleOf } from '#contracts/workload/workload.ts';
import type { MigratedVolume, RetainedVolume } from '#crds/migration.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { done, type RunStep, wait } from '#runtime/itinerary/types.ts';
import { keepsClaim, type MigrationScope, resolvedOf, stagedVolume } from '../scope.ts';

/** Milliseconds between looks whether a claim has gone. */
const recheckGone = 1_000;

export const cleanUpSource: RunStep<MigrationScope> = {
  name: 'Cleanup',
  effect: true,
  run: async (scope, entry) => {
    const { volumes = [] } = resolvedOf(entry);
    const { client } = scope.pass;
    for (const volume of volumes) await giveBack(client, stagedVolume(resolvedOf(entry), volume));
    if (scope.migration.spec.mode === 'StageOnly') return done('the new claim is yours');
    const retained: RetainedVolume[] = [];
    for (const volume of volumes) {
      const left = await settleOld(scope, volume);
      if (left === 'wait') return wait('CleaningUp', `claim ${volume.claim} is going`, recheckGone);
      if (left !== undefined) retained.push(left);
    }
    const message =
      retained.length === 0 ? 'the old volume is gone' : `kept: ${retained.map(({ name }) => name).join(', ')}`;
    return done(message, retained.length === 0 ? {} : { retained });
  },
};

/** What is left of it, and why; undefined when nothing is. */
async function settleOld(scope: MigrationScope, volume: MigratedVolume): Promise<RetainedVolume | 'wait' | undefined> {
  const { pass, namespace } = scope;
  const kept = (reason: string) => ({ name: volume.volume, claim: `${namespace}/${volume.claim}`, reason });
  if (!keepsClaim(volume, namespace)) {
    const users = await usersOf(scope, volume.claim);
    if (users !== undefined) return kept(`${users} still names its claim`);
    const claim = await pass.client.get(PersistentVolumeClaim, { namespace, name: volume.claim });
    if (claim?.spec.volumeName === volume.volume) {
      const { uid } = claim.metadata;
      await pass.client.delete(PersistentVolumeClaim, claim.metadata, uid === undefined ? {} : { uid });
      return 'wait';
    }
  }
  switch (await retire(pass.client, volume.volume)) {
    case 'gone':
    case 'going':
      return undefined;
    case 'kept':
      return kept('its reclaim policy is Retain');
    case 'inUse':
      return kept('a claim has it');
  }
}

async function usersOf({ pass, namespace }: MigrationScope, claim: string): Promise<string | undefined> {
  const { workloads, strangers } = await findWorkloads(pass.client, namespace, [claim]);
  const names = [...workloads.map(({ workload }) => titleOf(workload)), ...strangers];
  return names.length === 0 ? undefined : names.join(', ');
}
