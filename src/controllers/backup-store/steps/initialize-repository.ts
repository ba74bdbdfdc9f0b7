/**
 * InitializeRepository: creates the repository, or takes the one that is there and opens with the key. Only while no id
 * was trusted yet: a repository that vanishes later is missing, never made anew.
 */
import { moverError } from '#contracts/mover/error.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import { removeMover, runMover } from '#contracts/mover/run.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step, type StepResult, wait } from '#runtime/itinerary/types.ts';
import type { BackupStoreScope } from '../scope.ts';

const policy = { backoffLimit: 0, activeDeadlineSeconds: 600, podStartupDeadlineSeconds: 300 };

export const initializeRepository: Step<BackupStoreScope> = {
  name: 'InitializeRepository',
  run: async (scope) => {
    const { pass, store, image } = scope;
    const { repositoryID, keyID } = store.status ?? {};
    const name = `${store.metadata.name}-init-${store.metadata.generation ?? 0}`;
    if (repositoryID !== undefined) {
      await removeMover(pass, name);
      return scope.probed.hasRepository === false ? fail(gone(repositoryID)) : ready({ repositoryID, keyID });
    }
    // Opening it to count what is in it makes nothing where there is nothing.
    const operation = store.spec.accessMode === 'ReadOnly' ? 'stats' : 'init';
    const state = await runMover(pass, { name, store, request: { operation }, policy }, image);
    switch (state.kind) {
      case 'starting':
        return wait('Initializing', `the repository is being created: ${state.message}`);
      case 'running':
        return wait('Initializing', 'the repository is being created');
      case 'ended':
        return concluded(scope, name, state.result);
      case 'lost':
        return again(scope, name, fail(moverError(state.failure)));
    }
  },
};

async function concluded(scope: BackupStoreScope, name: string, result: MoverResult): Promise<StepResult> {
  const { repositoryID, keyID, configETag, failure } = result;
  if (failure !== undefined) return again(scope, name, fail(moverError(failure)));
  if (repositoryID === undefined) {
    return fail(new DokkerrError('DKR_INTERNAL', 'the mover made a repository and did not say which'));
  }
  return ready({ repositoryID, keyID, configETag });
}

function gone(repositoryID: string): DokkerrError {
  const message = `repository ${repositoryID} is gone from the bucket: bring it back, or make a new store`;
  return moverError({ class: 'RepositoryMissing', message });
}

interface Opened {
  readonly repositoryID: string;
  readonly keyID: string | undefined;
  readonly configETag?: string | undefined;
}

function ready({ repositoryID, keyID, configETag }: Opened): StepResult {
  return done('the repository is there', {
    repositoryID,
    ...(keyID === undefined ? {} : { keyID }),
    ...(configETag === undefined ? {} : { configETag }),
  });
}

/** The failed Job goes, so that the next look makes another: what was wrong may have been set right by then. */
async function again({ pass }: BackupStoreScope, name: string, result: StepResult): Promise<StepResult> {
  await removeMover(pass, name);
  return result;
}
