/** What the operator owns it keeps as declared; what it does not own it leaves as it is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerSpecInput } from '#crds/container.ts';
import { Container } from '#crds/container.ts';
import {
  Deployment,
  Ingress,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
  StatefulSet,
} from '#runtime/client/kinds.ts';
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';
import { keptNotes, notes } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('children');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** Everything a Container can have around its pods but a claim and an HTTPRoute. */
const whole: Partial<ContainerSpecInput> = {
  network: {
    hostnames: ['notes.example.com'],
    ingressClassName: 'public',
    isolate: true,
    allowFrom: [{ podSelector: {} }],
  },
  disruption: { minAvailable: 1 },
};

const eachChild: readonly Kind[] = [Deployment, Service, NetworkPolicy, PodDisruptionBudget, Ingress];

describe.concurrent('a child', () => {
  test('that was deleted is made again, of whatever kind', async () => {
    const name = 'deleted';
    await sandbox.declare(name, notes(whole));
    await sandbox.ready(name);
    const before = new Map(eachChild.map((kind) => [kind, sandbox.get(kind, name)?.metadata.uid]));
    expect([...before.values()]).not.toContain(undefined);
    await Promise.all(eachChild.map((kind) => sandbox.delete(kind, name)));
    for (const kind of eachChild) {
      await sandbox.eventually(`another ${kind.kind}`, () => {
        const now = sandbox.get(kind, name)?.metadata;
        return now !== undefined && now.deletionTimestamp === undefined && now.uid !== before.get(kind);
      });
    }
    await sandbox.ready(name);
  });

  test('that is a StatefulSet is made again around the same claim', async () => {
    const name = 'deleted-set';
    await sandbox.declare(name, keptNotes());
    await sandbox.ready(name);
    const claim = sandbox.get(PersistentVolumeClaim, `data-${name}-0`)?.metadata.uid;
    const set = sandbox.get(StatefulSet, name)?.metadata.uid;
    await sandbox.delete(StatefulSet, name);
    await sandbox.eventually('another StatefulSet', () => {
      const now = sandbox.get(StatefulSet, name)?.metadata.uid;
      return now !== undefined && now !== set;
    });
    await sandbox.ready(name);
    expect(sandbox.get(PersistentVolumeClaim, `data-${name}-0`)?.metadata.uid).toBe(claim);
  });

  test('that was edited is put back, and what others put on it stays', async () => {
    const name = 'edited';
    await sandbox.declare(name, notes(whole));
    await sandbox.ready(name);
    const foreign = { annotations: { 'example.com/note': 'kept' }, labels: { 'example.com/team': 'blue' } };
    const image = { template: { spec: { containers: [{ name, image: 'localhost/notes:1.1' }] } } };
    await sandbox.kubectl(['patch', 'deployment', name, '-p', JSON.stringify({ metadata: foreign, spec: image })]);
    await sandbox.patch(Service, name, {
      metadata: foreign,
      spec: { ports: [{ name: 'http', port: 9090, targetPort: 'http' }] },
    });
    await sandbox.patch(NetworkPolicy, name, { metadata: foreign, spec: { ingress: [{}] } });
    await sandbox.patch(PodDisruptionBudget, name, { metadata: foreign, spec: { minAvailable: 0 } });
    await sandbox.eventually('the image put back', () => {
      return sandbox.get(Deployment, name)?.spec.template.spec?.containers[0]?.image === 'localhost/notes:1.0';
    });
    await sandbox.eventually('the port put back', () => {
      const ports = sandbox.get(Service, name)?.spec.ports ?? [];
      return ports.length === 1 && ports[0]?.port === 8080;
    });
    await sandbox.eventually('the policy put back', () => {
      const [rule, ...more] = sandbox.get(NetworkPolicy, name)?.spec.ingress ?? [];
      return more.length === 0 && rule?.from?.length === 1;
    });
    await sandbox.eventually(
      'the budget put back',
      () => sandbox.get(PodDisruptionBudget, name)?.spec.minAvailable === 1,
    );
    await sandbox.ready(name);
    // Nobody but the operator and whoever else wrote it owns anything of the Service, or it could not change any more.
    const { metadata } = await sandbox.kubectl.json<KubernetesObject>([
      'get',
      'service',
      name,
      '--show-managed-fields',
    ]);
    const managers = (metadata.managedFields as { manager: string }[]).map(({ manager }) => manager);
    expect(managers.toSorted()).toEqual(['dokkerr-container', 'e2e']);
    for (const kind of [Deployment, Service, NetworkPolicy, PodDisruptionBudget]) {
      expect((sandbox.get(kind as Kind, name) as KubernetesObject).metadata).toMatchObject(foreign);
    }
  });

  test('that is no longer declared goes, one after the other, and comes as declared', async () => {
    const name = 'undeclared';
    const gone = (kind: Kind) => sandbox.eventually(`${kind.kind} gone`, () => sandbox.get(kind, name) === undefined);
    await sandbox.declare(name, notes(whole));
    await sandbox.ready(name);
    expect(sandbox.get(NetworkPolicy, name)?.spec).toMatchObject({
      podSelector: { matchLabels: { 'dokkerr.io/container': name } },
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    });
    expect(sandbox.get(Ingress, name)?.spec).toMatchObject({
      ingressClassName: 'public',
      rules: [
        { host: 'notes.example.com', http: { paths: [{ backend: { service: { name, port: { name: 'http' } } } }] } },
      ],
    });
    expect(sandbox.get(PodDisruptionBudget, name)?.spec).toMatchObject({ minAvailable: 1 });
    const { status } = await sandbox.ready(name);
    expect(status?.endpoints?.map(({ address }) => address)).toContain('http://notes.example.com');
    await sandbox.declare(name, notes());
    await Promise.all([NetworkPolicy, Ingress, PodDisruptionBudget].map((kind) => gone(kind as Kind)));
    await sandbox.declare(name, notes({ network: { service: 'None' } }));
    await gone(Service);
    await sandbox.ready(name);
  });
});

describe.concurrent('an object that belongs to somebody else', () => {
  test('is left alone where it has the name of a child, and named in the status until it is gone', async () => {
    const name = 'taken';
    const selector = { app: 'somebody-else' };
    await sandbox.client.create(Service, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: sandbox.namespace, name },
      spec: { selector, ports: [{ port: 80 }] },
    });
    await sandbox.declare(name, notes());
    const { message } = await sandbox.condition(name, 'NetworkConfigured', 'False');
    expect(message).toContain(`Service ${sandbox.namespace}/${name}`);
    expect(await sandbox.condition(name, 'Ready', 'False')).toBeDefined();
    const service = sandbox.get(Service, name);
    expect(service?.spec).toMatchObject({ selector, ports: [{ port: 80 }] });
    expect(service?.metadata.ownerReferences).toBeUndefined();
    await sandbox.delete(Service, name);
    await sandbox.ready(name);
    expect(sandbox.get(Service, name)?.spec.selector).toEqual({ 'dokkerr.io/container': name });
  });

  test('stays when the Container that wanted its name is deleted', async () => {
    const name = 'kept';
    await sandbox.client.create(Service, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: sandbox.namespace, name },
      spec: { ports: [{ port: 80 }] },
    });
    await sandbox.declare(name, notes());
    await sandbox.condition(name, 'NetworkConfigured', 'False');
    const uid = sandbox.get(Service, name)?.metadata.uid;
    await sandbox.delete(Container, name);
    await sandbox.eventually('the Deployment is gone', () => sandbox.get(Deployment, name) === undefined);
    expect(sandbox.get(Service, name)?.metadata).toMatchObject({ uid });
  });

  test('is left alone where it has the name of a claim, and named in the refusal, or in the status until it is gone', async () => {
    const name = 'claimed';
    const bring = (replica: number) =>
      sandbox.client.create(PersistentVolumeClaim, {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { namespace: sandbox.namespace, name: `data-${name}-${replica}` },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
      });
    await bring(0);
    await expect(sandbox.declare(name, keptNotes())).rejects.toThrow(`data-${name}-0 exists and is not`);
    await sandbox.delete(PersistentVolumeClaim, `data-${name}-0`);
    await sandbox.eventually('claim gone', () => sandbox.get(PersistentVolumeClaim, `data-${name}-0`) === undefined);
    await sandbox.declare(name, keptNotes());
    await sandbox.ready(name);
    const foreign = await bring(1);
    // Scaling is not reviewed: it must work while nothing else does.
    await sandbox.kubectl(['scale', `container/${name}`, '--replicas=2']);
    const { message } = await sandbox.condition(name, 'VolumesBound', 'False', 'ClaimNotOwned');
    expect(message).toContain(foreign.metadata.name);
    const claim = await sandbox.client.get(PersistentVolumeClaim, foreign.metadata);
    expect(claim?.spec.resources?.requests).toEqual({ storage: '16Mi' });
    expect(claim?.metadata.labels).toBeUndefined();
    expect(sandbox.get(StatefulSet, name)?.spec.replicas).toBe(1);
    await sandbox.delete(PersistentVolumeClaim, foreign.metadata.name);
    await sandbox.ready(name);
  });
});
