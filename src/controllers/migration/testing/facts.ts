/** A claim of a Container, bound and in use, with a plan that nothing speaks against: tests change what they are about. */
import type { Migration } from '#crds/migration.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import type { PlanFacts, SourceFacts } from '../plan/facts.ts';

type SpecChanges = { [K in keyof Migration['spec']]?: unknown };

export function aMigration(spec: SpecChanges = {}, metadata: Partial<Migration['metadata']> = {}): Migration {
  return {
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'Migration',
    metadata: {
      name: 'to-fast',
      namespace: 'shop',
      uid: 'uid-1',
      creationTimestamp: '2026-06-01T00:00:00Z',
      ...metadata,
    },
    spec: {
      source: { containerRef: { name: 'web' } },
      target: { storageClassName: 'fast' },
      mode: 'Full',
      preSyncPasses: 1,
      verify: { checksum: 'Sample' },
      switchOver: { strategy: 'SwapClaim', requireApproval: false, approved: false, readyWithin: '10m' },
      keepSource: { for: '24h' },
      rollback: { automatic: true, requested: false },
      runPolicy: { backoffLimit: 2, activeDeadlineSeconds: 60, podStartupDeadlineSeconds: 60 },
      dryRun: false,
      cancel: false,
      ...spec,
    },
  } as Migration;
}

export function aSource(name = 'data-web-0', claim: object = {}, more: Partial<SourceFacts> = {}): SourceFacts {
  return {
    claim: {
      metadata: { name, namespace: 'shop', uid: `uid-${name}` },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        volumeName: `pv-${name}`,
        resources: { requests: { storage: '1Gi' } },
        ...claim,
      },
      status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    } as unknown as PersistentVolumeClaim,
    volume: { metadata: { name: `pv-${name}` }, spec: {} } as unknown as PersistentVolume,
    bytes: 100 << 20,
    ...more,
  };
}

export function someFacts(spec: SpecChanges = {}, more: Partial<PlanFacts> = {}): PlanFacts {
  return {
    migration: aMigration(spec),
    namespace: 'shop',
    sources: [aSource()],
    classes: new Set(['standard', 'fast']),
    workloads: [
      {
        workload: { kind: 'Container', namespace: 'shop', name: 'web' },
        replicas: 1,
        claims: [{ name: 'data-web-0', use: 'PerReplica' }],
      },
    ],
    strangers: [],
    ended: [],
    taken: new Set(),
    consent: undefined,
    ...more,
  };
}
