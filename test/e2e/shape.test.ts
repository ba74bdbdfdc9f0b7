/** A Container that changes what it is made of or how many pods it has, by its spec, by hand or by an autoscaler. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { Deployment, HorizontalPodAutoscaler, PersistentVolumeClaim, StatefulSet } from '#runtime/client/kinds.ts';
import { ask, keptNotes, notes, write } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('shape');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe.concurrent('a Container', () => {
  test('becomes a StatefulSet with its first claim, and a Deployment again without, and keeps the claim', async () => {
    const name = 'turn';
    const port = { ports: [{ name: 'http', containerPort: 8080 }] };
    await sandbox.declare(name, notes());
    await sandbox.ready(name);
    const claimed = { volumes: [{ name: 'kept', mountPath: '/data', claim: { size: '32Mi' } }] };
    await sandbox.declare(name, notes(claimed));
    await sandbox.ready(name);
    await sandbox.eventually('the Deployment and its pods are gone', () => {
      return sandbox.get(Deployment, name) === undefined && sandbox.pods(name).length === 1;
    });
    // To the pod, not through the Service: its proxy may still send to the Deployment's pod, which serves until it is gone.
    await write(await sandbox.podUrl(`${name}-0`), 'kept while it was stateless');
    await sandbox.declare(name, notes(port));
    await sandbox.ready(name);
    await sandbox.eventually('the StatefulSet and its pod are gone', () => {
      return sandbox.get(StatefulSet, name) === undefined && sandbox.pods(name).length === 1;
    });
    expect(sandbox.get(PersistentVolumeClaim, `kept-${name}-0`)?.metadata.deletionTimestamp).toBeUndefined();
    await sandbox.declare(name, notes(claimed));
    await sandbox.ready(name);
    await sandbox.eventually('the Deployment and its pods are gone again', () => {
      return sandbox.get(Deployment, name) === undefined && sandbox.pods(name).length === 1;
    });
    expect(await ask(await sandbox.podUrl(`${name}-0`), '/notes')).toContain('kept while it was stateless');
  });

  test.for([
    ['stateless', notes],
    ['stateful', keptNotes],
  ] as const)('that is %s runs no pod while suspended, says so, and comes back with its data', async ([kind, spec]) => {
    const name = `pause-${kind}`;
    await sandbox.declare(name, spec());
    await sandbox.ready(name);
    await sandbox.declare(name, spec({ suspend: true }));
    const suspended = await sandbox.ready(name);
    expect(suspended.status).toMatchObject({ phase: 'Suspended', ready: '0/0' });
    await sandbox.eventually('no pod', () => sandbox.pods(name).length === 0);
    await sandbox.declare(name, spec({ suspend: false }));
    const resumed = await sandbox.ready(name);
    expect(resumed.status).toMatchObject({ phase: 'Running', ready: '1/1' });
  });

  test('that is born suspended is Ready at once, and runs when it is resumed', async () => {
    const name = 'asleep';
    await sandbox.declare(name, keptNotes({ suspend: true }));
    const suspended = await sandbox.ready(name);
    expect(suspended.status).toMatchObject({ phase: 'Suspended' });
    await sandbox.declare(name, keptNotes({ suspend: false }));
    await sandbox.ready(name);
  });

  test('keeps the replicas that kubectl scale gave it when its declaration, silent on replicas, is applied again', async () => {
    const name = 'by-hand';
    await sandbox.declare(name, notes());
    await sandbox.ready(name);
    await sandbox.kubectl(['scale', `container/${name}`, '--replicas=2']);
    await sandbox.eventually('two pods wanted', () => sandbox.get(Deployment, name)?.spec.replicas === 2);
    await sandbox.declare(name, notes({ podAnnotations: { applied: 'again' } }));
    const container = await sandbox.ready(name);
    expect(container.spec.replicas).toBe(2);
    expect(container.status).toMatchObject({ ready: '2/2' });
  });

  test('follows a HorizontalPodAutoscaler that targets it, and keeps its figure when it is applied again', async () => {
    const name = 'by-hpa';
    await sandbox.declare(name, notes());
    await sandbox.ready(name);
    const metadata = { namespace: sandbox.namespace, name };
    const scaleTargetRef = { apiVersion: Container.apiVersion, kind: Container.kind, name };
    await sandbox.client.create(HorizontalPodAutoscaler, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      // Below minReplicas it needs no metrics to act.
      spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 3 },
    });
    await sandbox.eventually('two pods wanted', () => sandbox.get(Deployment, name)?.spec.replicas === 2);
    await sandbox.ready(name);
    await sandbox.declare(name, notes({ podAnnotations: { applied: 'again' } }));
    const container = await sandbox.ready(name);
    expect(container.spec.replicas).toBe(2);
  });
});
