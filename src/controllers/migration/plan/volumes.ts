/** Which volumes are made, and of what kind; claims that are as they are to be are left out. Pure. */
import { formatBytes } from '#contracts/text/figures.ts';
import type { MigratedVolume } from '#crds/migration.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { parseQuantity, sameQuantity } from '#runtime/quantity.ts';
import type { PlanFacts, SourceFacts } from './facts.ts';

/** A volume to be made, beside the claim whose place it takes. */
export interface PlannedMove {
  readonly source: SourceFacts;
  readonly move: MigratedVolume;
}

type AccessModes = MigratedVolume['accessModes'];

/** @throws DKR_SPEC_INVALID, DKR_DEPENDENCY_MISSING: what is wrong, and what to write instead */
export function planMoves(facts: PlanFacts): PlannedMove[] {
  const all = facts.sources.map((source, index) => ({ source, move: moveOf(facts, source, index) }));
  const transforms = facts.migration.spec.transform !== undefined;
  const moves = all.filter(({ source, move }) => transforms || !isAsWanted(facts, source, move));
  if (moves.length > 0) return moves;
  throw invalid(`nothing would change: ${all.map(({ source }) => asItIs(source)).join(', ')}`);
}

function moveOf(
  { migration, namespace }: PlanFacts,
  { claim, volume, bytes }: SourceFacts,
  index: number,
): MigratedVolume {
  const { name } = claim.metadata;
  const { target } = migration.spec;
  if (claim.metadata.deletionTimestamp !== undefined) throw missing(`claim ${name} is being deleted`);
  if (claim.spec.volumeMode === 'Block') {
    throw invalid(`claim ${name} has volumeMode: Block, and only file systems can be moved; copy it by other means`);
  }
  if (volume === undefined || claim.status?.phase !== 'Bound') {
    throw missing(`claim ${name} is not bound to a volume yet, so that there is nothing to move`);
  }
  const storageClassName = target.storageClassName ?? claim.spec.storageClassName ?? '';
  if (storageClassName === '') {
    throw invalid(`claim ${name} has no StorageClass: write target.storageClassName, that of the new volume`);
  }
  return {
    claim: name,
    volume: volume.metadata.name,
    staging: `staging-${migration.metadata.uid ?? ''}-${index}`,
    target: { namespace: target.namespace ?? namespace, name: target.name ?? name },
    storageClassName,
    storage: target.capacity ?? sizeOf(claim),
    accessModes: target.accessModes ?? modesOf(claim),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** What it asks for, or what it was given where that is more: so much may be in it. */
export function sizeOf({ spec, status }: SourceFacts['claim']): string {
  const asked = spec.resources?.requests?.storage ?? '1Gi';
  const given = status?.capacity?.storage ?? asked;
  return isAtLeast(asked, given) ? asked : given;
}

/** Sound: the API server knows no others. */
function modesOf({ spec }: SourceFacts['claim']): AccessModes {
  return (spec.accessModes ?? ['ReadWriteOnce']) as AccessModes;
}

function isAsWanted({ namespace }: PlanFacts, { claim }: SourceFacts, move: MigratedVolume): boolean {
  const isSamePlace = move.target.namespace === namespace && move.target.name === claim.metadata.name;
  const isSameClass = move.storageClassName === claim.spec.storageClassName;
  const isSameMode = move.accessModes.toSorted().join() === modesOf(claim).toSorted().join();
  return isSamePlace && isSameClass && isSameMode && sameQuantity(move.storage, sizeOf(claim));
}

function asItIs({ claim }: SourceFacts): string {
  return `claim ${claim.metadata.name} has ${sizeOf(claim)} of StorageClass ${claim.spec.storageClassName ?? 'none'} already`;
}

/** @throws DKR_SPEC_INVALID when the files of a volume are more than it is to hold */
export function mustFit(moves: readonly Pick<MigratedVolume, 'claim' | 'storage' | 'bytes'>[]): void {
  for (const { claim, storage, bytes } of moves) {
    if (bytes === undefined || isAtLeast(storage, String(bytes))) continue;
    throw invalid(
      `claim ${claim} has ${formatBytes(bytes)} of files, and target.capacity is ${storage}: write more than that`,
    );
  }
}

/** Whether the first quantity is as much as the second, or more. */
function isAtLeast(quantity: string, other: string): boolean {
  return (parseQuantity(quantity) ?? 0n) >= (parseQuantity(other) ?? 0n);
}

function invalid(message: string): DokkerrError {
  return new DokkerrError('DKR_SPEC_INVALID', message);
}

function missing(message: string): DokkerrError {
  return new DokkerrError('DKR_DEPENDENCY_MISSING', message);
}
