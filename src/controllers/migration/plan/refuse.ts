/** Why a migration cannot be: every obstacle that can be seen before anything is done. Pure. */
import type { Migration } from '#crds/migration.ts';
import { keyOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { keepsClaim } from '../scope.ts';
import { agrees, consentAnnotation } from './consent.ts';
import type { PlanFacts } from './facts.ts';
import type { PlannedMove } from './volumes.ts';

/** Milliseconds between looks at what no watch of ours sees. */
const recheck = 15_000;

/** @throws DKR_SPEC_INVALID, DKR_DEPENDENCY_MISSING, DKR_CAPACITY: the first obstacle */
export function mustBePossible(facts: PlanFacts, moves: readonly PlannedMove[]): void {
  const [obstacle] = [
    ...missingClasses(facts, moves),
    ...refusals(facts),
    ...takenNames(facts, moves),
    ...unstoppable(facts),
    ...heldByEnded(facts, moves),
    ...unmovable(facts, moves),
  ];
  if (obstacle !== undefined) throw obstacle;
}

function missingClasses({ classes }: PlanFacts, moves: readonly PlannedMove[]): DokkerrError[] {
  return moves
    .filter(({ move }) => !classes.has(move.storageClassName))
    .map(({ move: { storageClassName } }) =>
      missing(`StorageClass ${storageClassName} does not exist; create it, or correct target.storageClassName`),
    );
}

function refusals({ consent, migration, namespace }: PlanFacts): DokkerrError[] {
  const { namespace: target } = migration.spec.target;
  if (consent === undefined || target === undefined || agrees(consent.text, namespace)) return [];
  if (!consent.exists) return [missing(`namespace ${target} does not exist; create it, or correct target.namespace`)];
  const cure = `kubectl annotate namespace ${target} ${consentAnnotation}=${namespace}`;
  return [missing(`namespace ${target} takes no volumes from ${namespace}; whoever owns it can let it: ${cure}`)];
}

function takenNames({ taken, migration }: PlanFacts, moves: readonly PlannedMove[]): DokkerrError[] {
  const field = migration.spec.target.name === undefined ? 'target.namespace' : 'target.name';
  return moves
    .filter(({ move }) => taken.has(keyOf(move.target)))
    .map(({ move }) => invalid(`claim ${keyOf(move.target)} exists; delete it, or write another ${field}`));
}

/** StageOnly stops nothing and reads what is there as it is. */
function unstoppable({ migration, workloads, strangers }: PlanFacts): DokkerrError[] {
  if (migration.spec.mode === 'StageOnly') return [];
  const hindered = workloads.flatMap(({ obstacle }) => (obstacle === undefined ? [] : [invalid(obstacle)]));
  if (strangers.length === 0) return hindered;
  const message = `the claim is used by ${strangers.join(', ')}, which Dokkerr cannot stop and start; stop it, or write mode: StageOnly`;
  return [...hindered, new DokkerrError('DKR_CAPACITY', message, { reason: 'ClaimInUse', retryAfterMs: recheck })];
}

/** A claim that is to get another volume has to be made anew. */
function heldByEnded({ ended, namespace }: PlanFacts, moves: readonly PlannedMove[]): DokkerrError[] {
  if (ended.length === 0 || !moves.some(({ move }) => keepsClaim(move, namespace))) return [];
  const pods = ended.slice(0, 5).join(' ');
  const message = `pods that have ended still hold the claim: kubectl delete pod ${pods} --namespace ${namespace}`;
  return [new DokkerrError('DKR_CAPACITY', message, { reason: 'ClaimInUse', retryAfterMs: recheck })];
}

/** What mounts a claim by a name of its own making cannot mount another one. */
function unmovable({ migration, workloads, namespace }: PlanFacts, moves: readonly PlannedMove[]): DokkerrError[] {
  const isRenamed = (claim: string) =>
    moves.some(({ move }) => move.claim === claim && move.target.namespace === namespace && move.target.name !== claim);
  if (migration.spec.mode === 'StageOnly') return [];
  return workloads.flatMap(({ workload, claims }) =>
    claims
      .filter(({ name, use }) => use === 'PerReplica' && isRenamed(name))
      .map(({ name }) =>
        invalid(
          `${workload.kind} ${workload.name} makes claim ${name} for one of its replicas and cannot mount one of another name; write strategy: SwapClaim, without target.name`,
        ),
      ),
  );
}

/** Another one that moves the same claims: the older one, or the one that has begun. */
export function rivalOf(
  mine: Migration,
  claims: readonly string[],
  others: readonly { readonly migration: Migration; readonly claims: readonly string[] }[],
): Migration | undefined {
  return others.find(({ migration, claims: theirs }) => {
    const { status, spec, metadata } = migration;
    if (metadata.uid === mine.metadata.uid || status?.outcome !== undefined || spec.dryRun) return false;
    if (!theirs.some((claim) => claims.includes(claim))) return false;
    return status?.resolved?.volumes !== undefined || isOlder(migration, mine);
  })?.migration;
}

function isOlder({ metadata: a }: Migration, { metadata: b }: Migration): boolean {
  const [one = '', other = ''] = [a.creationTimestamp, b.creationTimestamp];
  return one === other ? a.name < b.name : one < other;
}

function invalid(message: string): DokkerrError {
  return new DokkerrError('DKR_SPEC_INVALID', message);
}

function missing(message: string): DokkerrError {
  return new DokkerrError('DKR_DEPENDENCY_MISSING', message, { retryAfterMs: recheck });
}
