/**
 * How a claim's name is given another volume, one write at a time. Neither the volume of a claim nor a claim's class can be
 * changed (https://kubernetes.io/docs/concepts/storage/persistent-volumes/), so the claim is made anew around the volume.
 * Pure: what is seen decides, so that whoever comes after a crash, and in either direction, goes on where things stand.
 *
 * No claim is deleted before its volume is kept (policy Retain) in what was read from the API server; and the volume is
 * reserved for the claim's name before the old claim goes, so that whoever makes a claim of that name meanwhile (a
 * StatefulSet, GitOps) gets the right volume.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { keyOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { isKept, isMadeBy } from './marks.ts';
import { type ClaimKey, type ClaimShape, recordedClaim } from './shape.ts';

/** The claim `claim` shall be there, bound to `volume`. */
export interface Rebinding {
  readonly claim: ClaimKey;
  /** PersistentVolume by name */
  readonly volume: string;
  /** the claim to be made; absent: as the volume remembers it, which is the way back */
  readonly shape?: ClaimShape | undefined;
  /** volumes by name that the claim may be bound to now; empty where the name is new */
  readonly replaces: readonly string[];
  /** the run, `<namespace>/<name>` */
  readonly migration: string;
}

/** What the API server says. */
export interface RebindFacts {
  /** the volume that is wanted */
  readonly volume: PersistentVolume | undefined;
  /** what is called as the claim wanted */
  readonly claim: PersistentVolumeClaim | undefined;
  /** the volume of `claim`, when it is another one */
  readonly replaced: PersistentVolume | undefined;
  /** a claim of another name that has the wanted volume */
  readonly holder: PersistentVolumeClaim | undefined;
}

export type Move =
  /** its policy becomes Retain; what it was, and the claim about to go, are written on it */
  | { readonly do: 'keep'; readonly volume: PersistentVolume; readonly claim?: PersistentVolumeClaim }
  | { readonly do: 'deleteClaim'; readonly claim: PersistentVolumeClaim }
  /** only a claim of the wanted name can be bound to it; `uid`: only that very one */
  | { readonly do: 'reserve'; readonly volume: PersistentVolume; readonly uid?: string }
  | { readonly do: 'createClaim'; readonly shape: ClaimShape }
  /** it has no volume yet and is given the wanted one */
  | { readonly do: 'adopt'; readonly claim: PersistentVolumeClaim }
  | { readonly do: 'wait'; readonly for: string }
  | { readonly do: 'refuse'; readonly error: DokkerrError }
  | { readonly do: 'done' };

export function nextMove(facts: RebindFacts, wanted: Rebinding): Move {
  const { volume, claim, holder } = facts;
  if (volume === undefined) return refuse('DKR_RUN_FAILED', `volume ${wanted.volume} is gone`);
  if (claim !== undefined && isDone(claim, volume)) return { do: 'done' };
  if (volume.metadata.deletionTimestamp !== undefined) {
    return refuse('DKR_RUN_FAILED', `volume ${wanted.volume} is being deleted`);
  }
  if (!isKept(volume)) return { do: 'keep', volume };
  if (holder !== undefined) return giveUp(holder, wanted);
  return claim === undefined ? make(volume, wanted) : change(facts, claim, volume, wanted);
}

/** The wanted volume leaves the claim that holds it, which has to be one that the run made for it. */
function giveUp(holder: PersistentVolumeClaim, { volume, migration }: Rebinding): Move {
  const key = keyOf(holder);
  if (holder.metadata.deletionTimestamp !== undefined) return waitForEnd(key);
  if (!isMadeBy(holder, migration)) {
    return refuse('DKR_NOT_OWNED', `volume ${volume} belongs to claim ${key}, which is not of this migration`);
  }
  return { do: 'deleteClaim', claim: holder };
}

function make(volume: PersistentVolume, wanted: Rebinding): Move {
  const shape = wanted.shape ?? recordedClaim(volume)?.shape;
  if (shape === undefined) {
    const message = `nothing tells what claim ${keyOf(wanted.claim)} was like; create it with spec.volumeName: ${wanted.volume}`;
    return refuse('DKR_DEPENDENCY_MISSING', message);
  }
  return isReserved(volume, wanted.claim) ? { do: 'createClaim', shape } : { do: 'reserve', volume };
}

function change(
  { replaced }: RebindFacts,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  wanted: Rebinding,
): Move {
  const key = keyOf(claim);
  const { uid = '', deletionTimestamp } = claim.metadata;
  const { volumeName } = claim.spec;
  if (volumeName !== undefined && volumeName !== wanted.volume && !wanted.replaces.includes(volumeName)) {
    return foreign(key, `is bound to volume ${volumeName}`);
  }
  // Also of a claim that somebody else is deleting: it may not take its volume along.
  if (replaced !== undefined && !(isKept(replaced) && recordedClaim(replaced)?.uid === uid)) {
    return { do: 'keep', volume: replaced, claim };
  }
  if (deletionTimestamp !== undefined) return waitForEnd(key);
  if (volumeName === wanted.volume) {
    if (isReserved(volume, wanted.claim, uid)) return { do: 'wait', for: `claim ${key} to be bound` };
    return { do: 'reserve', volume, uid };
  }
  if (volumeName === undefined && wanted.replaces.length === 0) return foreign(key, 'is there');
  if (!isReserved(volume, wanted.claim)) return { do: 'reserve', volume };
  return volumeName === undefined ? { do: 'adopt', claim } : { do: 'deleteClaim', claim };
}

/** Both sides name each other, and Kubernetes has said so. */
function isDone({ metadata, spec, status }: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  const isMutual = spec.volumeName === volume.metadata.name && volume.spec.claimRef?.uid === metadata.uid;
  return isMutual && status?.phase === 'Bound' && metadata.deletionTimestamp === undefined;
}

/** For that name and no claim yet; or, with `uid`, for that very claim. */
function isReserved({ spec: { claimRef } }: PersistentVolume, claim: ClaimKey, uid?: string): boolean {
  const isNamed = claimRef?.namespace === claim.namespace && claimRef.name === claim.name;
  return isNamed && (claimRef.uid === undefined || claimRef.uid === uid);
}

function waitForEnd(key: string): Move {
  return { do: 'wait', for: `claim ${key} to go, which lasts until no pod uses it` };
}

function foreign(key: string, how: string): Move {
  const message = `claim ${key} ${how} and was made by somebody else; delete it, so that the migration can use its name`;
  return refuse('DKR_NOT_OWNED', message);
}

function refuse(code: 'DKR_RUN_FAILED' | 'DKR_NOT_OWNED' | 'DKR_DEPENDENCY_MISSING', message: string): Move {
  return { do: 'refuse', error: new DokkerrError(code, message) };
}
