import { describe, expect, it } from 'vitest';
import type { Container, ContainerPhase, ContainerStatus, RecoveryStatus } from '#crds/container.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type StepResult, skip, type Walk, wait } from '#runtime/itinerary/types.ts';
import { aContainer, aPod, dataVolume, waiting } from '#test/fixtures/objects.ts';
import { aClaim, aDeployment, aScope, aStatefulSet } from '#test/fixtures/scope.ts';
import { templateHashAnnotation } from './children/pod-template.ts';
import type { Trouble } from './recovery/decide.ts';
import type { ContainerScope } from './scope.ts';
import { summarise } from './status.ts';
import { checkResources } from './steps/check-resources.ts';
import { mountVolumes } from './steps/mount-volumes.ts';
import { decideStart } from './steps/start.ts';

const names = ['ValidateInput', 'CheckResources', 'MountVolumes', 'ConfigureNetwork', 'Create'];

/** The walk in which every step before Start is through, and Start decides on the scope. */
function walkTo(scope: ContainerScope): Walk {
  return walkOf([...names.map((name) => [name, done()] as const), ['Start', decideStart(scope)]]);
}

function walkOf(steps: readonly (readonly [string, StepResult])[]): Walk {
  const walked = steps.map(([name, result]) => ({ name, result }));
  return { steps: walked, stoppedAt: walked.find(({ result }) => result.kind === 'wait' || result.kind === 'fail') };
}

function stoppedAt(name: string, result: StepResult): Walk {
  return walkOf([...names.slice(0, names.indexOf(name)).map((step) => [step, done()] as const), [name, result]]);
}

/** The status stored before, of revision 5, as the fixtures have it. */
const previously = (phase: ContainerPhase, observedGeneration = 2): ContainerStatus => ({
  phase,
  observedGeneration,
  currentRevision: '5',
});

/** What kstatus makes of the conditions: https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus */
function kstatus({ conditions }: ReturnType<typeof summarise>): string {
  const is = (type: string) => conditions?.find((condition) => condition.type === type)?.status;
  if (is('Stalled') === 'True') return 'Failed';
  if (is('Reconciling') === 'True' || is('Ready') !== 'True') return 'InProgress';
  return 'Current';
}

function look(scope: ContainerScope, walk: Walk = walkTo(scope)) {
  const status = summarise(scope, walk);
  return { phase: status.phase, ready: status.ready, kstatus: kstatus(status), error: status.lastError?.code };
}

describe('the status of a Container', () => {
  it('is Creating and InProgress until the first pods are ready', () => {
    const scope = aScope(aContainer({ replicas: 2 }), { deployment: aDeployment(0, { unavailableReplicas: 2 }) });
    expect(look(scope)).toEqual({ phase: 'Creating', ready: '0/2', kstatus: 'InProgress', error: undefined });
  });

  it('is Running and Current when every pod of the current revision is ready', () => {
    const scope = aScope(aContainer({ replicas: 2 }), { deployment: aDeployment(2) });
    expect(look(scope)).toEqual({ phase: 'Running', ready: '2/2', kstatus: 'Current', error: undefined });
  });

  it('is Updating while old pods are replaced, though all that is wanted is ready', () => {
    const scope = aScope(aContainer({ replicas: 2 }, previously('Running', 1)), {
      deployment: aDeployment(2, { updatedReplicas: 1, replicas: 3 }),
    });
    expect(look(scope)).toEqual({ phase: 'Updating', ready: '2/2', kstatus: 'InProgress', error: undefined });
  });

  it('does not trust counts of a spec that the Deployment has not seen', () => {
    const scope = aScope(aContainer({ replicas: 2 }, previously('Running', 1)), {
      deployment: aDeployment(2, { observedGeneration: 2 }),
    });
    expect(look(scope)).toMatchObject({ phase: 'Updating', kstatus: 'InProgress' });
  });

  it('is Degraded when pods of a finished revision are lost', () => {
    const scope = aScope(aContainer({ replicas: 2 }, previously('Running')), {
      deployment: aDeployment(2, { readyReplicas: 1, availableReplicas: 1 }),
    });
    expect(look(scope)).toMatchObject({ phase: 'Degraded', ready: '1/2', kstatus: 'InProgress' });
  });

  it('is Degraded when the last pod of a finished revision is lost, though none of that revision is left to count', () => {
    const before = { ...previously('Running'), currentRevision: 'web-1' };
    const scope = aScope(aContainer({ volumes: [dataVolume] }, before), {
      statefulSet: aStatefulSet(0),
      claims: [aClaim('data-web-0')],
    });
    expect(look(scope)).toMatchObject({ phase: 'Degraded', ready: '0/1', kstatus: 'InProgress' });
  });

  it('is Updating when the workload itself moved to another revision', () => {
    const scope = aScope(aContainer({ replicas: 2 }, { ...previously('Running'), currentRevision: '4' }), {
      deployment: aDeployment(2, { readyReplicas: 1, availableReplicas: 1 }),
    });
    expect(look(scope).phase).toBe('Updating');
  });

  it('does not say of the spec that mends it what is wrong with the pods that are being replaced', () => {
    const replaced = aPod('web-old', { containerStatuses: [waiting('ImagePullBackOff', 'why')] });
    replaced.metadata.annotations = { [templateHashAnnotation]: 'old' };
    const scope = aScope(aContainer({ replicas: 1 }, previously('Failed', 1)), {
      deployment: aDeployment(0, { replicas: 1 }),
      pods: [replaced],
    });
    expect(look(scope)).toMatchObject({ kstatus: 'InProgress', error: undefined });
  });

  it('stays Degraded, and does not turn to Updating, until the lost pods are back', () => {
    const scope = aScope(aContainer({ replicas: 2 }, previously('Degraded')), {
      deployment: aDeployment(2, { readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 }),
    });
    expect(look(scope).phase).toBe('Degraded');
  });

  it('is Suspended and Current when suspended and no pod runs', () => {
    const scope = aScope(aContainer({ suspend: true }), { deployment: aDeployment(0) });
    expect(look(scope)).toMatchObject({ phase: 'Suspended', ready: '0/0', kstatus: 'Current' });
  });

  it.each([
    ['ImagePullBackOff', 'Failed'],
    ['CrashLoopBackOff', 'Failed'],
    ['CreateContainerConfigError', 'Failed'],
    ['ErrImagePull', 'InProgress'],
  ])('with a pod in %s is %s to kstatus, in the word of the kubelet', (reason, expected) => {
    const scope = aScope(aContainer(), {
      deployment: aDeployment(0),
      pods: [aPod('web-1', { containerStatuses: [waiting(reason, 'why')] })],
    });
    expect(look(scope).kstatus).toBe(expected);
    const ready = summarise(scope, walkTo(scope)).conditions?.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason });
  });

  it('is Failed with code and class in lastError when pods crash', () => {
    const scope = aScope(aContainer(), {
      deployment: aDeployment(0),
      pods: [aPod('web-1', { containerStatuses: [waiting('CrashLoopBackOff', '', 3)] })],
    });
    expect(look(scope)).toMatchObject({ phase: 'Failed', error: 'DKR_WORKLOAD_FAILED' });
  });

  it('is Pending when something is missing, and never Stalled for it, since it may yet appear', () => {
    const missing = fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'no Secret', { reason: 'SecretNotFound' }));
    const walk = stoppedAt('CheckResources', missing);
    const scope = aScope(aContainer());
    expect(look(scope, walk)).toMatchObject({
      phase: 'Pending',
      kstatus: 'InProgress',
      error: 'DKR_DEPENDENCY_MISSING',
    });
    const conditions = summarise(scope, walk).conditions;
    expect(conditions?.find(({ type }) => type === 'ResourcesAvailable')).toMatchObject({
      status: 'False',
      reason: 'SecretNotFound',
    });
    expect(conditions?.find(({ type }) => type === 'VolumesBound')?.status).toBe('Unknown');
  });

  it('keeps the time at which an error was first seen', () => {
    const error = new DokkerrError('DKR_CAPACITY', 'too much');
    const known = { code: error.code, class: error.class, message: error.message, at: '2025-12-31T00:00:00Z' };
    const scope = aScope(aContainer({}, { lastError: known }));
    expect(summarise(scope, stoppedAt('CheckResources', fail(error))).lastError?.at).toBe(known.at);
    const other = fail(new DokkerrError('DKR_CAPACITY', 'far too much'));
    expect(summarise(scope, stoppedAt('CheckResources', other)).lastError?.at).toBe('2026-01-01T00:00:00Z');
  });

  it('is never Stalled and Reconciling at once', () => {
    const results = [
      done(),
      skip('x'),
      wait('R', 'm'),
      fail(new DokkerrError('DKR_SPEC_INVALID', 'm')),
      fail(new DokkerrError('DKR_API_UNREACHABLE', 'm')),
    ];
    for (const name of names) {
      for (const result of results) {
        const { conditions = [] } = summarise(aScope(aContainer()), stoppedAt(name, result));
        const on = conditions.filter(
          ({ type, status }) => (type === 'Stalled' || type === 'Reconciling') && status === 'True',
        );
        expect(on.length, `${name} ${result.kind}`).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('a Container whose pods are being recovered', () => {
  const record: RecoveryStatus = {
    state: 'Recovering',
    cause: 'CrashLoop',
    message: 'what was done',
    attempts: 1,
    maxAttempts: 3,
    detectedAt: '2025-12-31T23:00:00Z',
    nextAttemptAt: '2026-01-01T00:05:00Z',
  };
  const crashing = aPod('web-1', { containerStatuses: [waiting('CrashLoopBackOff', '', 3)] });
  const lost: Trouble = { cause: 'NodeLost', pods: [crashing], message: 'node a is silent', blocked: 'taint it' };

  function recovering(before: ContainerStatus, changes: Partial<RecoveryStatus>, trouble?: Trouble): ContainerScope {
    const known = { ...record, ...changes };
    const container = aContainer({}, { ...before, recovery: known });
    const scope = aScope(container, { deployment: aDeployment(0, { replicas: 1 }), pods: [crashing] });
    return { ...scope, trouble, recovery: { replace: [], record: known } };
  }
  const messageOf = (scope: ContainerScope) => {
    const { conditions } = summarise(scope, walkTo(scope));
    return conditions?.find(({ type }) => type === 'Ready')?.message;
  };

  it('is on its way while it has run with this spec, and says when the next attempt is due', () => {
    const scope = recovering(previously('Degraded'), {});
    expect(look(scope)).toMatchObject({ phase: 'Degraded', kstatus: 'InProgress', error: undefined });
    expect(messageOf(scope)).toContain('recovery attempt 2 of 3 is due at 2026-01-01T00:05:00Z');
    expect(messageOf(recovering(previously('Degraded'), { attempts: 3 }))).toContain(
      'given up at 2026-01-01T00:05:00Z',
    );
  });

  it('has failed at once with a spec that never ran, though attempts are made', () => {
    const scope = recovering(previously('Creating'), {});
    expect(look(scope)).toMatchObject({ phase: 'Failed', kstatus: 'Failed', error: 'DKR_WORKLOAD_FAILED' });
    expect(messageOf(scope)).toContain('recovery attempt 2 of 3');
  });

  it('has failed when it was given up, also between two crashes, and says what to do', () => {
    const scope = recovering(previously('Failed'), { state: 'GaveUp', message: 'do this' });
    const between = { ...scope, live: { ...scope.live, pods: [aPod('web-1', {})] } };
    for (const one of [scope, between]) {
      expect(look(one)).toMatchObject({ phase: 'Failed', kstatus: 'Failed', error: 'DKR_WORKLOAD_FAILED' });
      expect(messageOf(one)).toBe('do this');
    }
  });

  it('is on its way while a silent node may come back, and has failed when only a person can tell', () => {
    const waits = recovering(previously('Degraded'), { cause: 'NodeLost' }, lost);
    expect(look(waits)).toMatchObject({ phase: 'Degraded', kstatus: 'InProgress' });
    expect(messageOf(waits)).toBe('node a is silent; taint it');
    const blocked = recovering(previously('Degraded'), { state: 'Blocked', message: 'taint it' }, lost);
    expect(look(blocked)).toMatchObject({ phase: 'Failed', kstatus: 'Failed', error: 'DKR_NODE_LOST' });
  });

  it('does not count an attempt that was not made', () => {
    const scope = recovering(previously('Degraded'), {});
    const attempted = { ...scope, recovery: { replace: [crashing], record: { ...record, attempts: 2 } } };
    const conflict = fail(new DokkerrError('DKR_API_CONFLICT', 'the node is there after all'));
    const failed = walkOf([...names.map((name) => [name, done()] as const), ['Recover', conflict]]);
    expect(summarise(attempted, failed).recovery?.attempts).toBe(1);
    const made = walkOf([...names.map((name) => [name, done()] as const), ['Recover', done()]]);
    expect(summarise(attempted, made).recovery?.attempts).toBe(2);
  });
});

describe('a Container that is stopped for a run', () => {
  const stoppedFor = (container: Container, requester = 'Migration/move') => ({
    ...container,
    metadata: { ...container.metadata, annotations: { 'dokkerr.io/stopped-for': requester } },
  });
  const before: ContainerStatus = {
    ...previously('Running'),
    volumes: [{ name: 'data', claim: 'data-web-0', phase: 'Bound', capacity: '1Gi' }],
  };
  const swapping = () =>
    aScope(stoppedFor(aContainer({ volumes: [dataVolume] }, before)), { statefulSet: aStatefulSet(0), claims: [] });
  const walk = (scope: ContainerScope) =>
    walkOf([
      ['ValidateInput', done()],
      ['CheckResources', skip('Stopped')],
      ['MountVolumes', skip('Stopped')],
      ['Create', done()],
      ['Start', decideStart(scope)],
    ]);

  it('says whom it is stopped for, and what it has not looked at', () => {
    const scope = swapping();
    const { conditions, phase } = summarise(scope, walk(scope));
    const words = { reason: 'Stopped', message: 'stopped for Migration/move; it starts again when that has ended' };
    expect(phase).toBe('Suspended');
    expect(conditions).toContainEqual({ type: 'Ready', status: 'False', ...words });
    expect(conditions).toContainEqual({ type: 'Reconciling', status: 'False', ...words });
    expect(conditions).toContainEqual({ type: 'ResourcesAvailable', status: 'Unknown', ...words });
  });

  it('tells that a claim is away while its volume is exchanged', () => {
    const scope = swapping();
    const { conditions, volumes } = summarise(scope, walk(scope));
    expect(volumes).toEqual([{ name: 'data', claim: 'data-web-0', phase: 'Missing' }]);
    expect(conditions?.find(({ type }) => type === 'VolumesBound')).toMatchObject({
      status: 'False',
      message: '1 of 1 claims are not bound: data-web-0 (Missing)',
    });
  });

  it('makes no claim and changes none, and is not kept from being stopped by what is missing', async () => {
    // The fixture's pass has neither client nor children: whoever reaches for them fails.
    const scope = swapping();
    expect(await mountVolumes.run(scope)).toEqual(skip('Stopped'));
    expect(await checkResources.run(scope)).toEqual(skip('Stopped'));
  });
});

describe('the volumes of a Container', () => {
  const stateful = (container: Container, claims = [aClaim('data-web-0')]) =>
    aScope(container, { statefulSet: aStatefulSet(1), claims });

  it('are listed with claim, capacity and phase', () => {
    const scope = stateful(aContainer({ volumes: [dataVolume] }));
    expect(summarise(scope, walkTo(scope)).volumes).toEqual([
      { name: 'data', claim: 'data-web-0', capacity: '1Gi', phase: 'Bound' },
    ]);
    expect(look(scope)).toMatchObject({ phase: 'Running', kstatus: 'Current' });
  });

  it('do not hold a Container back that was suspended before they were made', () => {
    const container = aContainer({ suspend: true, volumes: [dataVolume] });
    const scope = aScope(container, { statefulSet: aStatefulSet(0) });
    expect(summarise(scope, walkTo(scope)).volumes).toBeUndefined();
    expect(look(scope)).toMatchObject({ phase: 'Suspended', kstatus: 'Current' });
  });

  it('hold the Container back while a claim is not bound', () => {
    const scope = stateful(aContainer({ volumes: [dataVolume] }), [aClaim('data-web-0', { phase: 'Pending' })]);
    const bound = summarise(scope, walkTo(scope)).conditions?.find(({ type }) => type === 'VolumesBound');
    expect(bound).toMatchObject({ status: 'False', message: '1 of 1 claims are not bound: data-web-0 (Pending)' });
    expect(look(scope).kstatus).toBe('InProgress');
  });

  it('are Resizing while a claim grows, which does not hold the Container back', () => {
    const claim = aClaim('data-web-0', { capacity: { storage: '512Mi' } });
    const scope = stateful(aContainer({ volumes: [dataVolume] }), [claim]);
    expect(summarise(scope, walkTo(scope)).volumes?.[0]?.phase).toBe('Resizing');
    expect(look(scope).kstatus).toBe('Current');
  });

  it('of a StatefulSet in mid-update are those of an updating Container', () => {
    const scope = aScope(aContainer({ volumes: [dataVolume] }, previously('Running', 1)), {
      statefulSet: aStatefulSet(1, { updateRevision: 'web-2', updatedReplicas: 0 }),
      claims: [aClaim('data-web-0')],
    });
    expect(look(scope)).toMatchObject({ phase: 'Updating', kstatus: 'InProgress' });
  });
});
