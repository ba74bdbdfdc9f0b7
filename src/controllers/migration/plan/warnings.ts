/** What is to be known before a migration is begun, though nothing speaks against it. Pure. */
import { titleOf } from '#contracts/workload/workload.ts';
import type { PlanFacts } from './facts.ts';
import type { PlannedMove } from './volumes.ts';

export function warningsOf(facts: PlanFacts, moves: readonly PlannedMove[]): string[] {
  return [
    ...aboutTransform(facts),
    ...aboutNamespace(facts),
    ...moves.flatMap((move) => aboutClaim(facts, move)),
    ...aboutStrangers(facts),
  ];
}

function aboutTransform({ migration: { spec }, workloads }: PlanFacts): string[] {
  if (spec.transform === undefined) return [];
  if (spec.mode === 'StageOnly') return ['what is written after the backup is not in the transformed copy'];
  if (workloads.length === 0) return [];
  return [
    'with transform the application stands still from the backup to the end, since what it wrote meanwhile would not be transformed',
  ];
}

function aboutNamespace({ migration: { spec }, namespace, workloads }: PlanFacts): string[] {
  const { namespace: target = namespace } = spec.target;
  if (target === namespace || spec.mode === 'StageOnly' || workloads.length === 0) return [];
  const names = workloads.map(({ workload }) => titleOf(workload)).join(', ');
  return [`${names} stays stopped in the end: start it in namespace ${target}, where its data is then`];
}

function aboutClaim({ migration: { spec }, namespace, workloads }: PlanFacts, { source, move }: PlannedMove): string[] {
  const { claim, bytes } = source;
  const { name } = claim.metadata;
  const isSameClaim = move.target.namespace === namespace && move.target.name === name;
  const isContainers = workloads.some(
    ({ workload, claims }) =>
      workload.kind === 'Container' && claims.some((used) => used.name === name && used.use === 'PerReplica'),
  );
  const hasClassChanged = move.storageClassName !== claim.spec.storageClassName;
  return [
    ...(isSameClaim && hasClassChanged && !isContainers
      ? [
          `where claim ${name} is declared, storageClassName has to be ${move.storageClassName} from then on: Kubernetes refuses a change of it`,
        ]
      : []),
    ...(spec.target.capacity !== undefined && bytes === undefined
      ? [`there is no backup of claim ${name} yet; whether its data fits is known once it was backed up`]
      : []),
  ];
}

function aboutStrangers({ migration: { spec }, strangers }: PlanFacts): string[] {
  if (spec.mode === 'Full' || strangers.length === 0) return [];
  return [`the claim is in use by ${strangers.join(', ')} while it is read`];
}
