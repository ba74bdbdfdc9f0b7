/** Containers that fail while nobody looks: the failure is caused, and what the operator does about it is read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { Deployment, Event, Pod, Service } from '#runtime/client/kinds.ts';
import { FailingNode } from './failing-node.ts';
import { kstatus } from './kstatus.ts';
import { keptNotes, notes } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('recovery');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const recoveryOf = (name: string) => sandbox.get(Container, name)?.status?.recovery;

function untilRecovery(name: string, state: string) {
  return sandbox.eventually(`${name} ${state}`, () => {
    const recovery = recoveryOf(name);
    return recovery?.state === state && recovery;
  });
}

function untilTold(name: string, reason: string): Promise<Event> {
  return sandbox.eventually(`event ${reason} of ${name}`, () =>
    sandbox.list(Event).find((event) => event.regarding?.name === name && event.reason === reason),
  );
}

describe.concurrent('recovery', () => {
  test('replaces the pod of a program that crashes again and again, with growing pauses, and gives up as told', async () => {
    const name = 'crashes';
    const crashing = notes({
      env: [{ name: 'CRASH', value: '6s' }],
      recovery: { maxAttempts: 2, pause: '2s' },
    });
    await sandbox.declare(name, crashing);
    await sandbox.ready(name);
    const recovery = await untilRecovery(name, 'GaveUp');
    expect(recovery).toMatchObject({ cause: 'CrashLoop', attempts: 2, maxAttempts: 2 });
    expect(recovery.message).toMatch(/exited with code 3.*given up after 2 attempts.*change the spec/s);
    const failed = await sandbox.condition(name, 'Stalled', 'True', 'RecoveryGaveUp');
    expect(failed.message).toBe(recovery.message);
    const history = sandbox.history(Container, name);
    const attempted = history.filter(({ status }) => status?.recovery?.state === 'Recovering');
    expect(attempted.filter((container) => kstatus(container) === 'Failed').map(({ status }) => status)).toEqual([]);
    const times = [...new Set(attempted.flatMap(({ status }) => status?.recovery?.lastAttemptAt ?? []))];
    const [first = 0, second = 0] = times.map((time) => Date.parse(time));
    // The second pause is four times the first of 2 s; what is stored are whole seconds.
    expect(second - first).toBeGreaterThanOrEqual(7000);
    const pods = sandbox.list(Pod).filter(({ metadata }) => metadata.labels?.['dokkerr.io/container'] === name);
    expect(pods).toHaveLength(1);
    for (const reason of ['RecoveryStarted', 'RecoveryAttempted', 'RecoveryGaveUp']) {
      expect(await untilTold(name, reason)).toMatchObject({ type: 'Warning', regarding: { kind: 'Container' } });
    }
    await sandbox.declare(name, notes());
    const mended = await sandbox.ready(name);
    expect(mended.status?.recovery).toBeUndefined();
  });

  test('does not hold back the word that a spec which never ran has failed, and attempts it all the same', async () => {
    const name = 'never-ran';
    const spec = notes({ env: [{ name: 'DATA', value: '/proc/nowhere' }], recovery: { maxAttempts: 1, pause: '2s' } });
    await sandbox.declare(name, spec);
    await sandbox.condition(name, 'Stalled', 'True', 'CrashLoopBackOff');
    expect((await untilRecovery(name, 'GaveUp')).attempts).toBe(1);
  });

  test('makes a child that was deleted again, and tells and counts it', async () => {
    const name = 'robbed';
    await sandbox.declare(name, notes());
    expect((await sandbox.ready(name)).status?.restored).toBeUndefined();
    const before = sandbox.get(Service, name)?.metadata.uid;
    await sandbox.delete(Service, name);
    await sandbox.eventually(
      'another Service',
      () => ![undefined, before].includes(sandbox.get(Service, name)?.metadata.uid),
    );
    const told = await untilTold(name, 'ChildRestored');
    expect(told).toMatchObject({ type: 'Warning', related: { kind: 'Service', name } });
    await sandbox.delete(Deployment, name);
    const counted = await sandbox.eventually('both counted', () => {
      const restored = sandbox.get(Container, name)?.status?.restored;
      return restored?.count === 2 && restored;
    });
    expect(counted.last).toBe(`Deployment ${name}`);
    await sandbox.ready(name);
  });

  test.for([
    ['gone', (node: FailingNode) => node.remove()],
    ['out of service', (node: FailingNode) => node.taintOutOfService()],
  ] as const)(
    'leaves the pod of a silent node alone until a person says that it is %s, then replaces it',
    async ([how, sayIt]) => {
      const name = how.replaceAll(' ', '-');
      await using node = await FailingNode.join(sandbox, `${sandbox.namespace}-${name}`);
      await sandbox.declare(
        name,
        keptNotes({ scheduling: node.scheduling, recovery: { maxAttempts: 3, pause: '2s' } }),
      );
      const pod = await sandbox.eventually('a pod on that node', () =>
        sandbox.pods(name).find(({ spec }) => spec.nodeName === node.name),
      );
      await node.runs(pod);
      await sandbox.ready(name);
      await node.fallSilent(pod);
      // As Kubernetes does after five minutes of silence.
      await sandbox.delete(Pod, pod.metadata.name);
      const blocked = await untilRecovery(name, 'Blocked');
      expect(blocked).toMatchObject({ cause: 'NodeLost', attempts: 0 });
      const stalled = await sandbox.condition(name, 'Stalled', 'True', 'NodeLost');
      expect(stalled.message).toContain(`kubectl taint node ${node.name} node.kubernetes.io/out-of-service`);
      expect(sandbox.get(Pod, pod.metadata.name)?.metadata.uid).toBe(pod.metadata.uid);
      await sayIt(node);
      await sandbox.ready(name);
      const [successor] = sandbox.pods(name);
      expect(successor?.metadata.name).toBe(pod.metadata.name);
      expect(successor?.spec.nodeName).not.toBe(node.name);
      expect((await untilRecovery(name, 'Recovered')).attempts).toBe(1);
      expect((await untilTold(name, 'RecoveryAttempted')).note).toContain(`replaced ${pod.metadata.name}`);
      await untilTold(name, 'Recovered');
    },
  );
});
