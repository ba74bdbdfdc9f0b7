/** What a Container says of itself at every moment, read as kstatus reads it, and the events that tell of each change. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { Deployment, Event, Pod, StatefulSet } from '#runtime/client/kinds.ts';
import { contradictions, kstatus } from './kstatus.ts';
import { keptNotes, notes } from './notes.ts';
import { conditionOf, Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('status');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** Every status ever stored of it, judged beside what its workload was at that moment. */
function expectTruth(name: string): void {
  const workloads = [...sandbox.history(Deployment, name), ...sandbox.history(StatefulSet, name)];
  expect(contradictions(sandbox.history(Container, name), workloads)).toEqual([]);
}

describe.concurrent('the status of a Container', () => {
  test.for([
    ['stateless', notes],
    ['stateful', keptNotes],
  ] as const)('that is %s is true at every moment while it is created, scaled and updated', async ([kind, spec]) => {
    const name = `true-${kind}`;
    await sandbox.declare(name, spec());
    await sandbox.ready(name);
    await sandbox.declare(name, spec({ replicas: 2 }));
    await sandbox.ready(name);
    await sandbox.declare(name, spec({ replicas: 2, image: 'localhost/notes:1.1' }));
    const container = await sandbox.ready(name);
    expect(container.status).toMatchObject({ phase: 'Running', ready: '2/2', replicas: 2, updatedReplicas: 2 });
    expectTruth(name);
    const phases = sandbox.history(Container, name).flatMap(({ status }) => status?.phase ?? []);
    expect(new Set(phases)).toEqual(new Set(['Creating', 'Running', 'Updating']));
  });

  test.for([
    ['stateless', notes],
    ['stateful', keptNotes],
  ] as const)(
    'that is %s says Failed in the words of the kubelet when an image cannot be pulled, and recovers by a new image alone',
    async ([kind, spec]) => {
      const name = `pull-${kind}`;
      await sandbox.declare(name, spec());
      await sandbox.ready(name);
      await sandbox.declare(name, spec({ image: 'localhost/nowhere:1.0' }));
      const stalled = await sandbox.condition(name, 'Stalled', 'True', 'ImagePullBackOff');
      expect(stalled.message).toContain('localhost/nowhere:1.0');
      const failed = sandbox.get(Container, name);
      expect(failed && kstatus(failed)).toBe('Failed');
      expect(failed?.status).toMatchObject({ phase: 'Failed', lastError: { code: 'DKR_WORKLOAD_FAILED' } });
      const fixed = await sandbox.declare(name, spec({ image: 'localhost/notes:1.1' }));
      const recovered = await sandbox.ready(name);
      expect(recovered.status).toMatchObject({ phase: 'Running', ready: '1/1' });
      expect(recovered.status?.lastError).toBeUndefined();
      expectTruth(name);
      // What was wrong with the spec before must not be said of the spec that mends it.
      const since = sandbox
        .history(Container, name)
        .filter(({ status }) => status?.observedGeneration === fixed.metadata.generation);
      expect(since.filter((container) => kstatus(container) === 'Failed').map(({ status }) => status)).toEqual([]);
    },
  );

  test('says that a program crashes again and again, with its exit code, and recovers when it is mended', async () => {
    const name = 'crash';
    await sandbox.declare(name, notes({ env: [{ name: 'DATA', value: '/proc/nowhere' }] }));
    const stalled = await sandbox.condition(name, 'Stalled', 'True', 'CrashLoopBackOff');
    expect(stalled.message).toMatch(/exited with code 1 .*kubectl logs/);
    await sandbox.declare(name, notes());
    await sandbox.ready(name);
    expectTruth(name);
  });

  test.for([
    ['stateless', notes],
    ['stateful', keptNotes],
  ] as const)(
    'that is %s says Degraded while a pod is lost, and Running when there is another',
    async ([kind, spec]) => {
      const name = `lost-${kind}`;
      // Slow enough for the loss to show: a quick replacement may be ready before the lost pod is gone.
      await sandbox.declare(name, spec({ env: [{ name: 'SLOW_START', value: '4s' }] }));
      await sandbox.ready(name);
      const [pod] = sandbox.pods(name);
      await sandbox.delete(Pod, pod?.metadata.name ?? '');
      await sandbox.eventually('Degraded', () => sandbox.get(Container, name)?.status?.phase === 'Degraded');
      const recovered = await sandbox.ready(name);
      expect(recovered.status?.phase).toBe('Running');
      const phases = sandbox.history(Container, name).flatMap(({ status }) => status?.phase ?? []);
      expect(phases.slice(phases.indexOf('Running')).filter((phase) => phase === 'Updating')).toEqual([]);
      expectTruth(name);
    },
  );

  test('tells every transition as an event', async () => {
    const name = 'told';
    await sandbox.declare(name, notes({ image: 'localhost/nowhere:1.0' }));
    await sandbox.condition(name, 'Stalled', 'True', 'ImagePullBackOff');
    await sandbox.declare(name, notes());
    await sandbox.ready(name);
    const transitions = transitionsOf(sandbox.history(Container, name));
    expect(transitions).toContain('Stalled ImagePullBackOff');
    await sandbox.eventually('an event for every transition', () => {
      const told = sandbox.list(Event).filter((event) => event.regarding?.name === name);
      return [...transitions].every((transition) => told.some(({ reason }) => transition.endsWith(` ${reason}`)));
    });
    const failure = sandbox
      .list(Event)
      .find(({ reason, regarding }) => reason === 'ImagePullBackOff' && regarding?.name === name);
    expect(failure).toMatchObject({ type: 'Warning', regarding: { kind: 'Container' } });
    expect(failure?.note).toContain('localhost/nowhere:1.0');
  });
});

/** `type reason` for every condition that changed its status, first harmless statements left out. */
function transitionsOf(history: readonly Container[]): Set<string> {
  const found = new Set<string>();
  history.forEach((now, index) => {
    for (const { type, status, reason } of now.status?.conditions ?? []) {
      const before = history[index - 1];
      const old = before && conditionOf(before, type);
      const harmless = old === undefined && status === 'False' && (type === 'Stalled' || type === 'Reconciling');
      if (old?.status !== status && !harmless) found.add(`${type} ${reason}`);
    }
  });
  return found;
}
