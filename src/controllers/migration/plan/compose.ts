/** The plan as people read it, and what the steps settle of it. Pure. */
import type { MigrationPlan, ResolvedMigration } from '#crds/migration.ts';
import { keyOf } from '#runtime/client/types.ts';
import { estimateDowntime } from './estimate.ts';
import type { PlanFacts } from './facts.ts';
import { mustBePossible } from './refuse.ts';
import { mustFit, type PlannedMove, planMoves, sizeOf } from './volumes.ts';
import { warningsOf } from './warnings.ts';

/** @throws DKR_SPEC_INVALID, DKR_DEPENDENCY_MISSING, DKR_CAPACITY: why it cannot be, and what to do about it */
export function composePlan(facts: PlanFacts): Pick<ResolvedMigration, 'plan' | 'volumes' | 'workloads'> {
  const moves = planMoves(facts);
  mustBePossible(facts, moves);
  mustFit(moves.map(({ move }) => move));
  const moved = new Set(moves.map(({ move }) => move.claim));
  const using = facts.workloads.filter(
    ({ claims }) => claims.length === 0 || claims.some(({ name }) => moved.has(name)),
  );
  const workloads = using.map(({ workload: { kind, name }, replicas }) => ({ kind, name, replicas }));
  const warnings = warningsOf(facts, moves);
  const plan: MigrationPlan = {
    volumes: moves.map((move) => shown(facts, move)),
    workloads,
    ...estimateDowntime(
      facts.migration.spec,
      totalOf(moves),
      workloads.some(({ replicas }) => replicas > 0),
    ),
    ...(warnings.length === 0 ? {} : { warnings: warnings.slice(0, 32) }),
  };
  return { plan, volumes: moves.map(({ move }) => move), workloads };
}

function shown({ namespace }: PlanFacts, { source, move }: PlannedMove): MigrationPlan['volumes'][number] {
  const { claim, bytes } = source;
  const { target } = move;
  const fromClass = claim.spec.storageClassName ?? '';
  return {
    claim: move.claim,
    volume: move.volume,
    target: target.namespace === namespace ? target.name : keyOf(target),
    ...(fromClass === '' ? {} : { fromClass }),
    toClass: move.storageClassName,
    fromSize: sizeOf(claim),
    toSize: move.storage,
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** Undefined where it is not known of every one. */
function totalOf(moves: readonly PlannedMove[]): number | undefined {
  return moves.reduce<number | undefined>(
    (total, { move: { bytes } }) => (total === undefined || bytes === undefined ? undefined : total + bytes),
    0,
  );
}
