/** CheckResources: what is missing is said with its numbers before anything is made, and its arrival is noticed. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createKubectl } from '#cluster/kubectl.ts';
import type { ContainerSpecInput } from '#crds/container.ts';
import { Container } from '#crds/container.ts';
import {
  ConfigMap,
  Deployment,
  Event,
  LimitRange,
  Node,
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  Secret,
  Service,
  StatefulSet,
  StorageClass,
} from '#runtime/client/kinds.ts';
import { logOf, usualRelease } from '#test/operator/release.ts';
import { keptNotes, notes } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('resources');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** A value of a Secret; wherever else it is found, it got out. */
const marker = 'marker-of-a-secret-value-7c1d';

/** Resolves with what the Container says is missing, after nothing of it was made. */
async function isBlocked(where: Sandbox, name: string, reason: string): Promise<string> {
  const { message } = await where.condition(name, 'ResourcesAvailable', 'False', reason);
  const made = [Deployment, StatefulSet, Service].filter(
    (kind) => where.get(kind as typeof Service, name) !== undefined,
  );
  expect(made.map(({ kind }) => kind)).toEqual([]);
  expect(where.pods(name)).toEqual([]);
  expect(
    where.list(PersistentVolumeClaim).filter(({ metadata }) => metadata.labels?.['dokkerr.io/container'] === name),
  ).toEqual([]);
  expect(where.get(Container, name)?.status).toMatchObject({ phase: 'Pending', lastError: { message } });
  return message;
}

function create(kind: typeof ConfigMap | typeof Secret, name: string, data: Record<string, string>): Promise<unknown> {
  const metadata = { namespace: sandbox.namespace, name };
  const content = kind === Secret ? { stringData: data } : { data };
  return sandbox.client.create(kind, { apiVersion: 'v1', kind: kind.kind, metadata, ...content });
}

describe.concurrent('a Container that refers to something missing', () => {
  const cases: readonly [
    what: string,
    reason: string,
    spec: ContainerSpecInput,
    says: string,
    bring: () => Promise<unknown>,
  ][] = [
    [
      'a ConfigMap',
      'ConfigMapNotFound',
      notes({ envFrom: [{ configMapRef: { name: 'settings' } }] }),
      'ConfigMap settings',
      () => create(ConfigMap, 'settings', { COLOUR: 'blue' }),
    ],
    [
      'a Secret',
      'SecretNotFound',
      notes({
        volumes: [
          { name: 'data', mountPath: '/data', emptyDir: {} },
          { name: 'keys', mountPath: '/keys', secret: { secretName: 'keys' } },
        ],
      }),
      'Secret keys',
      () => create(Secret, 'keys', { token: marker }),
    ],
    [
      'a pull secret',
      'SecretNotFound',
      notes({ imagePullSecrets: [{ name: 'registry' }] }),
      'spec.imagePullSecrets names Secret registry',
      () => create(Secret, 'registry', { '.dockerconfigjson': marker }),
    ],
    [
      'a key of a Secret',
      'SecretKeyMissing',
      notes({ env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'half', key: 'token' } } }] }),
      'key "token"',
      () =>
        sandbox.client.patch(Secret, { namespace: sandbox.namespace, name: 'half' }, { stringData: { token: marker } }),
    ],
    [
      'a StorageClass',
      'StorageClassNotFound',
      keptNotes({
        volumes: [{ name: 'data', mountPath: '/data', claim: { size: '32Mi', storageClassName: 'later' } }],
      }),
      'StorageClass later',
      () => copyDefaultClass('later'),
    ],
    [
      'a claim',
      'PersistentVolumeClaimNotFound',
      notes({
        volumes: [{ name: 'data', mountPath: '/data', existingClaim: { claimName: 'brought' } }],
        securityContext: { fsGroup: 65532 },
      }),
      'PersistentVolumeClaim brought',
      () => bringClaim('brought'),
    ],
  ];

  beforeAll(() => create(Secret, 'half', { other: marker }));

  test.for(cases)(
    'says so of %s before anything is made, and runs when it appears',
    async ([what, reason, spec, says, bring]) => {
      const name = `lacks-${what.replaceAll(' ', '-').toLowerCase()}`;
      await sandbox.declare(name, spec);
      expect(await isBlocked(sandbox, name, reason)).toContain(says);
      await bring();
      await sandbox.ready(name);
    },
  );

  test('names the pod that holds a claim only one node can mount, and runs when that pod is gone', async () => {
    await bringClaim('shared');
    const volumes = [{ name: 'data', mountPath: '/data', existingClaim: { claimName: 'shared' } }];
    const spec = notes({ volumes, securityContext: { fsGroup: 65532 } });
    await sandbox.declare('holder', spec);
    await sandbox.ready('holder');
    await sandbox.declare('waiter', spec);
    const [holder] = sandbox.pods('holder');
    expect(await isBlocked(sandbox, 'waiter', 'ClaimInUse')).toContain(`pod ${holder?.metadata.name} uses`);
    await sandbox.delete(Container, 'holder');
    await sandbox.ready('waiter');
  });
});

describe.concurrent('a Container that asks for too much', () => {
  test('is told what the largest node has, and runs when it asks for less', async () => {
    const name = 'huge';
    const [node] = (await sandbox.client.list(Node)).items;
    await sandbox.declare(name, notes({ resources: { requests: { cpu: '1000' } } }));
    const message = await isBlocked(sandbox, name, 'NoNodeLargeEnough');
    expect(message).toContain('asks for 1000 cpu');
    expect(message).toContain(`the largest node (${node?.metadata.name}) has ${node?.status?.allocatable?.cpu}`);
    await sandbox.declare(name, notes({ resources: { requests: { cpu: '1m' } } }));
    await sandbox.ready(name);
  });

  test('is told what the quota leaves, and runs when the quota is raised', async () => {
    await using tight = await Sandbox.open('quota');
    const metadata = { namespace: tight.namespace, name: 'tight' };
    const hard = { 'requests.memory': '64Mi', pods: '5' };
    await tight.client.create(ResourceQuota, { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } });
    const resources = { requests: { cpu: '1m', memory: '48Mi' } };
    await tight.declare('first', notes({ resources }));
    await tight.ready('first');
    await tight.declare('second', notes({ resources }));
    const message = await isBlocked(tight, 'second', 'QuotaExceeded');
    expect(message).toContain(
      'ResourceQuota tight leaves 16Mi requests.memory (48Mi of 64Mi used), 48Mi more are needed',
    );
    await tight.patch(ResourceQuota, 'tight', { spec: { hard: { 'requests.memory': '128Mi' } } });
    await tight.ready('second');
  });

  test('is told the bound of a LimitRange, and runs when the bound is gone', async () => {
    await using bounded = await Sandbox.open('limits');
    const metadata = { namespace: bounded.namespace, name: 'bounds' };
    const limits = [{ type: 'Container', max: { memory: '32Mi' } }];
    await bounded.client.create(LimitRange, { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits } });
    // By the time this one runs, the operator has heard of the LimitRange too.
    await bounded.declare('small', notes({ resources: { requests: { memory: '16Mi' } } }));
    await bounded.ready('small');
    await bounded.declare('large', notes({ resources: { requests: { memory: '48Mi' } } }));
    const message = await isBlocked(bounded, 'large', 'LimitRangeExceeded');
    expect(message).toContain('asks for 48Mi memory, LimitRange bounds allows at most 32Mi');
    await bounded.delete(LimitRange, 'bounds');
    await bounded.ready('large');
  });
});

test('nothing of a Secret shows in the log, in an event or in an object', async () => {
  const log = await logOf(await createKubectl(inject('kubeconfig')), usualRelease);
  expect(log).toContain('Secret keys');
  expect(log).not.toContain(marker);
  const told = [...sandbox.list(Container), ...sandbox.list(Event), ...sandbox.list(Pod), ...sandbox.list(Deployment)];
  expect(JSON.stringify(told)).toContain('Secret keys');
  expect(JSON.stringify(told)).not.toContain(marker);
  expect(JSON.stringify(told)).not.toContain(Buffer.from(marker).toString('base64'));
});

async function copyDefaultClass(name: string): Promise<void> {
  const { items } = await sandbox.client.list(StorageClass);
  const [standard] = items;
  if (standard === undefined) throw new Error('the cluster has no StorageClass');
  const { metadata: _, ...rest } = standard;
  await sandbox.client.apply(StorageClass, { ...rest, metadata: { name } });
}

function bringClaim(name: string): Promise<unknown> {
  return sandbox.client.create(PersistentVolumeClaim, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: sandbox.namespace, name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '32Mi' } } },
  });
}
