import { describe, expect, it } from 'vitest';
import type { ContainerSpecInput } from '#crds/container.ts';
import type { Deployment, Pod, StatefulSet } from '#runtime/client/kinds.ts';
import { aContainer, dataVolume } from '#test/fixtures/objects.ts';
import { fixedClaim } from './point-at.ts';
import { judge } from './readiness.ts';
import { obstacleOf, startChange, stopChange, stopperOf, usualReplicas } from './stop.ts';
import { useOf, type Workload } from './workload.ts';

type Annotations = Record<string, string>;

const mounting = (claim: string) => ({
  containers: [],
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
});
const container = (spec: Partial<ContainerSpecInput> = {}, annotations: Annotations = {}): Workload => {
  const object = aContainer(spec, { observedGeneration: 2 });
  return { kind: 'Container', object: { ...object, metadata: { ...object.metadata, annotations } } };
};
const deployment = (
  spec: Partial<Deployment['spec']> = {},
  annotations: Annotations = {},
  status: NonNullable<Deployment['status']> = {},
): Workload => ({
  kind: 'Deployment',
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'web', generation: 3, annotations },
    spec: { replicas: 2, selector: {}, template: { spec: mounting('data') }, ...spec },
    status: { observedGeneration: 3, ...status },
  },
});
const statefulSet = (
  spec: Partial<StatefulSet['spec']> = {},
  annotations: Annotations = {},
  status: Partial<NonNullable<StatefulSet['status']>> = {},
): Workload => ({
  kind: 'StatefulSet',
  object: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { namespace: 'shop', name: 'db', generation: 3, annotations },
    spec: {
      replicas: 2,
      selector: {},
      template: { spec: mounting('shared') },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      ...spec,
    },
    status: { observedGeneration: 3, replicas: 0, ...status },
  },
});

const run = 'Migration/move';
const stopped = (before: string, requester = run) => ({
  'dokkerr.io/stopped-for': requester,
  'dokkerr.io/replicas-before': before,
});

describe('whether a workload uses a claim, also while it has no pods', () => {
  it.each([
    ['of a Container, one it makes', container({ volumes: [dataVolume] }), 'data-web-3', 'PerReplica'],
    [
      'of a Container, one it mounts',
      container({ volumes: [{ name: 'x', mountPath: '/x', existingClaim: { claimName: 'archive' } }] }),
      'archive',
      'Named',
    ],
    ['of a Container, another', container({ volumes: [dataVolume] }), 'data-web-x', undefined],
    ['of a Deployment', deployment({ replicas: 0 }), 'data', 'Named'],
    ['of a Deployment, another', deployment(), 'other', undefined],
    ['of a StatefulSet, one of its templates', statefulSet({ replicas: 0 }), 'data-db-0', 'PerReplica'],
    ['of a StatefulSet, one it mounts', statefulSet(), 'shared', 'Named'],
    ['of a StatefulSet, one of a longer name', statefulSet(), 'data-db-0-1', undefined],
  ] as const)('%s', (_, workload, claim, expected) => {
    expect(useOf(workload, claim)).toBe(expected);
  });
});

describe('stopping', () => {
  it('a Container is an annotation alone', () => {
    expect(stopChange(container(), run)).toEqual({ annotations: { 'dokkerr.io/stopped-for': run } });
    expect(stopChange(container({}, { 'dokkerr.io/stopped-for': run }), run)).toBeUndefined();
  });

  it('others is scaling to 0, with what they had written down in the same write', () => {
    expect(stopChange(deployment(), run)).toEqual({ annotations: stopped('2'), replicas: 0 });
    expect(stopChange(statefulSet(), run)).toEqual({ annotations: stopped('2'), replicas: 0 });
    expect(stopChange(deployment({ replicas: 0 }), run)).toEqual({ annotations: stopped('0'), replicas: 0 });
    expect(stopChange(deployment({ replicas: 0 }, stopped('2')), run)).toBeUndefined();
  });

  it('is done again when somebody scaled it up meanwhile, whose wish is remembered', () => {
    expect(stopChange(deployment({ replicas: 5 }, stopped('2')), run)).toEqual({
      annotations: stopped('5'),
      replicas: 0,
    });
  });

  it('is not seen in an annotation that came back with an old revision, while pods are wanted', () => {
    expect(stopperOf(deployment({ replicas: 2 }, stopped('2', 'Migration/old')))).toBeUndefined();
    expect(stopperOf(deployment({ replicas: 0 }, stopped('2', 'Migration/old')))).toBe('Migration/old');
    expect(stopperOf(container({}, { 'dokkerr.io/stopped-for': 'Backup/b' }))).toBe('Backup/b');
  });

  it('is refused where it would delete the claims', () => {
    const retention = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } };
    expect(obstacleOf(statefulSet(retention))).toContain('whenScaled: Retain');
    expect(obstacleOf(statefulSet())).toBeUndefined();
  });
});

describe('starting', () => {
  const gone = { 'dokkerr.io/stopped-for': null, 'dokkerr.io/replicas-before': null };

  it('brings back as many as there were', () => {
    expect(startChange(deployment({ replicas: 0 }, stopped('2')), run)).toEqual({ annotations: gone, replicas: 2 });
    expect(startChange(container({}, { 'dokkerr.io/stopped-for': run }), run)).toEqual({
      annotations: { 'dokkerr.io/stopped-for': null },
    });
  });

  it('leaves as many as somebody asked for meanwhile', () => {
    expect(startChange(deployment({ replicas: 5 }, stopped('2')), run)).toEqual({ annotations: gone });
  });

  it('is nothing where it is not stopped, or for another run', () => {
    expect(startChange(deployment({ replicas: 0 }), run)).toBeUndefined();
    expect(startChange(deployment({ replicas: 0 }, stopped('2', 'Backup/b')), run)).toBeUndefined();
  });

  it('brings one back where what was written down cannot be read', () => {
    const change = startChange(deployment({ replicas: 0 }, stopped('many')), run);
    expect(change).toMatchObject({ replicas: 1 });
  });

  it('the usual number is known while it is stopped too', () => {
    expect(usualReplicas(deployment({ replicas: 0 }, stopped('2')))).toBe(2);
    expect(usualReplicas(deployment({ replicas: 0 }))).toBe(0);
    expect(usualReplicas(container({ replicas: 3 }, { 'dokkerr.io/stopped-for': run }))).toBe(3);
    expect(usualReplicas(container({ suspend: true }))).toBe(0);
  });
});

describe('readiness', () => {
  const pod = (status: NonNullable<Pod['status']>, going = false): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', ...(going ? { deletionTimestamp: '2026-06-01T00:00:00Z' } : {}) },
    spec: { containers: [] },
    status,
  });
  const ready = pod({ conditions: [{ type: 'Ready', status: 'True' }] });
  const counts = { readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2 };

  it.each([
    ['a Deployment whose pods are all there', deployment({}, {}, counts), 2, true],
    [
      'one whose controller has not seen the newest spec',
      deployment({}, {}, { ...counts, observedGeneration: 2 }),
      2,
      false,
    ],
    ['one with pods of the old template', deployment({}, {}, { ...counts, updatedReplicas: 1 }), 2, false],
    [
      'a paused one, whose pods are of the old template',
      deployment({ paused: true }, {}, { ...counts, updatedReplicas: 0 }),
      2,
      true,
    ],
    ['one that is meant to have no pods', deployment({ replicas: 0 }, {}, {}), 0, true],
    ['one that counts pods which are going', deployment({}, {}, counts), 1, false],
    ['a StatefulSet that updates on delete', statefulSet({}, {}, { readyReplicas: 2, updatedReplicas: 0 }), 2, true],
    ['a StatefulSet that lacks one', statefulSet({}, {}, { readyReplicas: 1 }), 1, false],
  ])('of %s', (_, workload, pods, expected) => {
    expect(
      judge(
        workload,
        Array.from({ length: pods }, () => ready),
      ).ready,
    ).toBe(expected);
  });

  it('is not had while stopped, and says for whom', () => {
    expect(judge(deployment({ replicas: 0 }, stopped('2')), [])).toEqual({
      ready: false,
      message: `Deployment web is stopped for ${run}`,
    });
  });

  it('says what the first pod lacks, in Kubernetes’ words', () => {
    const crashing = pod({
      containerStatuses: [
        {
          name: 'web',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 1,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
        },
      ],
    });
    expect(judge(deployment({}, {}, { ...counts, readyReplicas: 1 }), [ready, crashing])).toEqual({
      ready: false,
      message: 'Deployment web: 1 of 2 pods are ready; pod web-1: CrashLoopBackOff (back-off 10s)',
    });
    const unscheduled = pod({
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node' }],
    });
    expect(judge(statefulSet(), [unscheduled])).toEqual({
      ready: false,
      message: 'StatefulSet db: 0 of 2 pods are ready; pod web-1: Unschedulable (no node)',
    });
  });

  it('says what its controller complains of where there is no pod', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }];
    expect(judge(deployment({}, {}, { conditions }), [])).toMatchObject({
      message: 'Deployment web: 0 of 2 pods are ready; exceeded quota',
    });
  });
});

describe('mounting a claim of another name', () => {
  it('is refused where the claim is made for a replica, and where pods would not follow', () => {
    expect(fixedClaim(statefulSet(), 'data-db-0')).toContain('SwapClaim');
    expect(fixedClaim(container({ volumes: [dataVolume] }), 'data-web-0')).toContain('SwapClaim');
    expect(fixedClaim(deployment({ paused: true }), 'data')).toContain('resume it');
    expect(fixedClaim(deployment({ paused: true }), 'other')).toBeUndefined();
    expect(fixedClaim(deployment(), 'data')).toBeUndefined();
    expect(fixedClaim(statefulSet(), 'shared')).toBeUndefined();
  });
});
