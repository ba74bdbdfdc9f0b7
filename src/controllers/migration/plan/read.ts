/** Reads what planning needs. Everything is asked of the API server itself: a plan on old news would be a wrong one. */
import { containerLabel } from '#contracts/container/claims.ts';
import { runAsOf } from '#contracts/container/run-as.ts';
import { endedPodsNaming } from '#contracts/pod/users.ts';
import { type ClaimUsers, findWorkloads } from '#contracts/workload/find.ts';
import { getWorkload } from '#contracts/workload/workload.ts';
import type { Backup } from '#crds/backup.ts';
import { Migration } from '#crds/migration.ts';
import type { RunAs } from '#crds/run/mover.ts';
import { Namespace, PersistentVolume, PersistentVolumeClaim, StorageClass } from '#runtime/client/kinds.ts';
import { keyOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import type { MigrationScope } from '../scope.ts';
import { consentAnnotation } from './consent.ts';
import type { PlanFacts, SourceFacts } from './facts.ts';

export async function readFacts(scope: MigrationScope): Promise<PlanFacts> {
  const { pass, migration, namespace } = scope;
  const claims = await sourceClaims(scope, migration);
  const names = claims.map(({ metadata }) => metadata.name);
  const users = await findWorkloads(pass.client, namespace, names);
  return {
    migration,
    namespace,
    sources: await Promise.all(claims.map((claim) => sourceFacts(scope, claim))),
    classes: await existingClasses(scope, claims),
    workloads: users.workloads,
    strangers: users.strangers,
    ended: (await endedPodsNaming(pass.client, namespace, names)).map(({ metadata }) => metadata.name),
    taken: await takenNames(scope, names),
    consent: await readConsent(scope),
  };
}

/** @throws DKR_DEPENDENCY_MISSING when there are none */
export async function sourceClaims(
  { pass: { client }, namespace }: MigrationScope,
  { spec: { source } }: Migration,
): Promise<PersistentVolumeClaim[]> {
  if (source.containerRef !== undefined) {
    const { name } = source.containerRef;
    const labelSelector = `${containerLabel}=${name}`;
    const { items } = await client.list(PersistentVolumeClaim, { namespace, labelSelector });
    if (items.length > 0) return items.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    throw missing(`Container ${name} has no claims in namespace ${namespace}; correct spec.source.containerRef`);
  }
  const name = source.claimRef?.name ?? '';
  const claim = await client.get(PersistentVolumeClaim, { namespace, name });
  if (claim !== undefined) return [claim];
  throw missing(`claim ${name} does not exist in namespace ${namespace}; correct spec.source.claimRef`);
}

async function sourceFacts({ pass, backups }: MigrationScope, claim: PersistentVolumeClaim): Promise<SourceFacts> {
  const { volumeName } = claim.spec;
  const volume = volumeName === undefined ? undefined : await pass.client.get(PersistentVolume, { name: volumeName });
  return { claim, volume, bytes: lastSizeOf(claim.metadata.name, backups) };
}

/** Bytes of its files, by its latest backup that completed. */
function lastSizeOf(claim: string, backups: readonly Backup[]): number | undefined {
  const sizes = backups
    .filter(({ status }) => status?.outcome === 'Completed')
    .toSorted((a, b) => (a.status?.startedAt ?? '').localeCompare(b.status?.startedAt ?? '', 'en'))
    .flatMap(({ status }) => status?.volumes?.find((volume) => volume.claim === claim)?.sizeBytes ?? []);
  return sizes.at(-1);
}

async function existingClasses(
  { pass: { client }, migration }: MigrationScope,
  claims: readonly PersistentVolumeClaim[],
): Promise<Set<string>> {
  const wanted = migration.spec.target.storageClassName;
  const names = wanted === undefined ? claims.flatMap(({ spec }) => spec.storageClassName || []) : [wanted];
  const found = await Promise.all([...new Set(names)].map((name) => client.get(StorageClass, { name })));
  return new Set(found.flatMap((one) => one?.metadata.name ?? []));
}

async function takenNames(
  { pass: { client }, migration, namespace }: MigrationScope,
  names: readonly string[],
): Promise<Set<string>> {
  const { target } = migration.spec;
  if (target.name === undefined && (target.namespace ?? namespace) === namespace) return new Set();
  const keys = names.map((name) => ({ namespace: target.namespace ?? namespace, name: target.name ?? name }));
  const found = await Promise.all(keys.map((key) => client.get(PersistentVolumeClaim, key)));
  return new Set(found.flatMap((claim) => (claim === undefined ? [] : [keyOf(claim)])));
}

async function readConsent({ pass, migration, namespace }: MigrationScope): Promise<PlanFacts['consent']> {
  const { namespace: name = namespace } = migration.spec.target;
  if (name === namespace) return undefined;
  const found = await pass.client.get(Namespace, { name });
  return { exists: found !== undefined, text: found?.metadata.annotations?.[consentAnnotation] };
}

/** Unfinished migrations of the namespace and the claims each is about, as far as they can be told. */
export async function readRivals(scope: MigrationScope) {
  const others = scope.pass.cache
    .informer(Migration)
    .list(scope.namespace)
    .filter(({ status, metadata }) => status?.outcome === undefined && metadata.uid !== scope.migration.metadata.uid);
  return Promise.all(
    others.map(async (migration) => {
      const settled = migration.status?.resolved?.volumes?.map(({ claim }) => claim);
      const claims =
        settled ?? (await sourceClaims(scope, migration).catch(() => [])).map(({ metadata }) => metadata.name);
      return { migration, claims };
    }),
  );
}

/** As whom the files are read and written: as the first workload that says so. */
export async function readRunAs(
  { pass, namespace }: MigrationScope,
  users: Pick<ClaimUsers, 'workloads'>,
): Promise<RunAs> {
  for (const { workload: ref } of users.workloads) {
    const workload = await getWorkload(pass.client, { ...ref, namespace });
    if (workload === undefined) continue;
    const runAs = workload.kind === 'Container' ? runAsOf(workload.object) : podsRunAs(workload.object.spec.template);
    if (Object.keys(runAs).length > 0) return runAs;
  }
  return {};
}

interface PodTemplate {
  readonly spec?: {
    readonly securityContext?: SecurityContext;
    readonly containers?: readonly { readonly securityContext?: SecurityContext }[];
  };
}
interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
}

/** A container's own word counts before its pod's. */
function podsRunAs({ spec }: PodTemplate): RunAs {
  const {
    runAsUser: user,
    runAsGroup: group,
    fsGroup,
  } = { ...spec?.securityContext, ...spec?.containers?.[0]?.securityContext };
  return {
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    ...(fsGroup === undefined ? {} : { fsGroup }),
  };
}

function missing(message: string): DokkerrError {
  return new DokkerrError('DKR_DEPENDENCY_MISSING', message, { retryAfterMs: 15_000 });
}
