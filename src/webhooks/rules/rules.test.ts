import { describe, expect, it } from 'vitest';
import type { Container, ContainerSpecInput } from '#crds/container.ts';
import type { PersistentVolumeClaim, Pod, StorageClass } from '#runtime/client/kinds.ts';
import { aContainer, aPod, dataVolume } from '#test/fixtures/objects.ts';
import { aClaim } from '#test/fixtures/scope.ts';
import type { Admission } from '../types.ts';
import { cannotGrow, changedSizes } from './claim-growth.ts';
import { clashes } from './claim-names.ts';
import { newlyWanted } from './claims-wanted.ts';
import { changedVolumes, judge } from './existing-claims.ts';
import { added } from './quota.ts';

const change = (
  now: Partial<ContainerSpecInput> | undefined,
  before?: Partial<ContainerSpecInput>,
): Admission<Container> => ({
  operation: before === undefined ? 'CREATE' : 'UPDATE',
  namespace: 'shop',
  object: now === undefined ? undefined : aContainer(now),
  oldObject: before === undefined ? undefined : aContainer(before),
});
const volumes = [dataVolume];
const names = (admission: Admission<Container>) => newlyWanted(admission).map(({ name }) => name);

describe('the claims a change asks for', () => {
  it('are one a volume and replica of a new Container', () => {
    expect(names(change({ volumes, replicas: 2 }))).toEqual(['data-web-0', 'data-web-1']);
  });

  it('are only those of the replicas that are added', () => {
    expect(names(change({ volumes, replicas: 3 }, { volumes, replicas: 2 }))).toEqual(['data-web-2']);
  });

  it('are none when something else changes, and none while suspended', () => {
    expect(names(change({ volumes, image: 'b:2' }, { volumes, image: 'a:1' }))).toEqual([]);
    expect(names(change({ volumes, suspend: true }))).toEqual([]);
  });
});

const live = (changes: Partial<PersistentVolumeClaim> & { name?: string } = {}): PersistentVolumeClaim => {
  const base = aClaim(changes.name ?? 'data-web-0');
  const spec = { accessModes: ['ReadWriteOnce'], ...base.spec, ...changes.spec };
  return { ...base, ...changes, metadata: { ...base.metadata, ...changes.metadata }, spec };
};
const found = (claims: PersistentVolumeClaim[], spec: Partial<ContainerSpecInput> = { volumes }) =>
  clashes('web', newlyWanted(change(spec)), claims).map(({ kind, message }) => `${kind}: ${message}`);

describe('claim-names', () => {
  it('says nothing of a claim that was kept as it is asked for, nor of other claims', () => {
    expect(found([live(), live({ name: 'other' })])).toEqual([]);
  });

  it('refuses one that belongs to another Container, or to none', () => {
    const labels = { 'dokkerr.io/container': 'api' };
    expect(found([live({ metadata: { name: 'data-web-0', labels } })])).toEqual([
      'refusal: spec.volumes[data]: claim data-web-0 exists and belongs to Container api; mount it by existingClaim, or rename the volume',
    ]);
    expect(found([live({ metadata: { name: 'data-web-0', labels: {} } })])[0]).toContain('is not a Container’s');
  });

  it('refuses a kept one of another class or other modes, since neither can change', () => {
    const claim = { size: '1Gi', storageClassName: 'fast' };
    const kept = live({ spec: { storageClassName: 'slow' } });
    expect(found([kept], { volumes: [{ ...dataVolume, claim }] })[0]).toContain('write storageClassName: slow');
    expect(found([live({ spec: { accessModes: ['ReadWriteMany'] } })])[0]).toContain('has accessModes [ReadWriteMany]');
  });

  it('lets a migrated one be, for it is of another class and other modes on purpose', () => {
    const claim = { size: '1Gi', storageClassName: 'fast' };
    const { metadata, spec } = live({ spec: { storageClassName: 'slow', accessModes: ['ReadWriteMany'] } });
    const migrated = live({ metadata: { ...metadata, annotations: { 'dokkerr.io/migrated-by': 'shop/move' } }, spec });
    expect(found([migrated], { volumes: [{ ...dataVolume, claim }] })).toEqual([]);
  });

  it('names one claim a volume, however many replicas clash', () => {
    const taken = ['data-web-0', 'data-web-1'].map((name) => live({ metadata: { name, labels: {} } }));
    expect(found(taken, { volumes, replicas: 2 })).toHaveLength(1);
  });
});

describe('claim-growth', () => {
  const ofClass = (name: string, allowVolumeExpansion: boolean): StorageClass => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'example.com/none',
    allowVolumeExpansion,
  });

  it('looks only at sizes that change', () => {
    const larger = [{ ...dataVolume, claim: { size: '2Gi' } }];
    expect(changedSizes(change({ volumes: larger }, { volumes }))).toEqual(new Map([['data', '2Gi']]));
    expect(changedSizes(change({ volumes, replicas: 3 }, { volumes }))).toEqual(new Map());
  });

  it('refuses where the class is not expandable, is gone, or was never there', () => {
    const claim = live({ spec: { storageClassName: 'plain' } });
    expect(cannotGrow([claim], [ofClass('plain', true)])).toEqual([]);
    for (const classes of [[ofClass('plain', false)], []])
      expect(cannotGrow([claim], classes)[0]?.message).toContain('StorageClass plain, which does not set');
    expect(cannotGrow([live()], [])[0]?.message).toContain('it has no StorageClass');
  });
});

describe('existing-claims', () => {
  const old = { name: 'old', mountPath: '/old', existingClaim: { claimName: 'legacy' } };
  const container = (replicas = 1) => aContainer({ volumes: [old], replicas });
  const pod = (changes: Partial<Pod['metadata']> = {}, phase = 'Running'): Pod => {
    const base = aPod('legacy-0', { phase });
    const mounted = { name: 'data', persistentVolumeClaim: { claimName: 'legacy' } };
    return {
      ...base,
      metadata: { ...base.metadata, labels: {}, ...changes },
      spec: { ...base.spec, volumes: [mounted] },
    };
  };
  const claim = (...accessModes: string[]) => live({ name: 'legacy', spec: { accessModes } });
  const say = (mounted: PersistentVolumeClaim | undefined, pods: Pod[] = [], replicas = 1) =>
    judge(container(replicas), { volume: 'old', name: 'legacy', claim: mounted }, pods).map(({ kind }) => kind);

  const cases: [string, string[], string[]][] = [
    ['warns of a claim that is not there yet', say(undefined), ['warning']],
    ['says nothing of one that nobody uses', say(claim('ReadWriteOnce')), []],
    ['warns of one in use by a pod of somebody else', say(claim('ReadWriteOnce'), [pod()]), ['warning']],
    ['says nothing of a user that has ended', say(claim('ReadWriteOnce'), [pod({}, 'Succeeded')]), []],
    [
      'says nothing of a user that is about to end',
      say(claim('ReadWriteOnce'), [pod({ deletionTimestamp: '2026-01-01T00:00:00Z' })]),
      [],
    ],
    [
      'says nothing of its own pods',
      say(claim('ReadWriteOnce'), [pod({ labels: { 'dokkerr.io/container': 'web' } })]),
      [],
    ],
    ['says nothing of users that may share it', say(claim('ReadWriteMany'), [pod()]), []],
    ['warns of replicas that must all fit on one node', say(claim('ReadWriteOnce'), [], 2), ['warning']],
    ['refuses replicas of which only one may mount it', say(claim('ReadWriteOncePod'), [], 2), ['refusal']],
  ];
  it.each(cases)('%s', (_, said, expected) => {
    expect(said).toEqual(expected);
  });

  it('looks only at claims newly named, and at all when replicas are added', () => {
    const named = { volumes: [old], replicas: 2 };
    expect(changedVolumes(change(named, named))).toEqual([]);
    expect(changedVolumes(change(named, { replicas: 2 }))).toEqual([{ volume: 'old', claim: 'legacy' }]);
    expect(changedVolumes(change({ ...named, replicas: 3 }, named))).toEqual([{ volume: 'old', claim: 'legacy' }]);
  });
});

describe('quota', () => {
  it.each<[string, Admission<Container>, ReturnType<typeof added>]>([
    ['all of a new Container', change({ volumes, replicas: 2 }), { pods: 2, claims: { data: 2 } }],
    [
      'what is added to one',
      change({ volumes, replicas: 3 }, { volumes, replicas: 2 }),
      { pods: 1, claims: { data: 1 } },
    ],
    ['a volume that is added', change({ volumes, replicas: 2 }, { replicas: 2 }), { pods: 0, claims: { data: 2 } }],
    ['nothing when pods are taken away', change({ replicas: 1 }, { replicas: 2 }), { pods: 0, claims: {} }],
    ['nothing while suspended', change({ volumes, suspend: true }), { pods: 0, claims: {} }],
  ])('counts %s', (_, admission, expected) => {
    expect(added(admission)).toEqual(expected);
  });
});
