/** Admission as users meet it: a real API server that calls the webhooks and evaluates the policies. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { Container, type ContainerSpecInput } from '#crds/container.ts';
import {
  ConfigMap,
  Namespace,
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  ServiceAccount,
  StorageClass,
} from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import type { DokkerrError } from '#runtime/errors.ts';
import { dataVolume } from '#test/fixtures/objects.ts';
import {
  type AdmissionCluster,
  aReplica,
  ask,
  readCaBundle,
  register,
  startAdmissionCluster,
  wantedContainer,
} from '#test/fixtures/webhooks.ts';
import {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '#webhooks/kinds.ts';
import { buildPolicies } from '#webhooks/policies.ts';
import type { Webhooks } from '#webhooks/role.ts';

const shop = 'shop';
let cluster: AdmissionCluster;
let client: Client;
let webhooks: Webhooks;
let registry: Registry;
let port: number;

beforeAll(async () => {
  cluster = await startAdmissionCluster();
  ({ client } = cluster);
  await cluster.createNamespace(shop);
  ({ webhooks, registry } = aReplica(cluster.webhookClient));
  await webhooks.start();
  port = webhooks.port ?? 0;
  await register(client, port);
});
afterAll(async () => {
  await webhooks.stop();
  await cluster[Symbol.asyncDispose]();
});

const create = (name: string, spec: Partial<ContainerSpecInput> = {}, namespace = shop) =>
  client.create(Container, wantedContainer(namespace, name, spec));

const refusalOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'it was not refused',
    (error: DokkerrError) => error.message,
  );

/** What kubectl prints when the object is applied, without changing anything. */
const apply = async (name: string, spec: Partial<ContainerSpecInput>, dryRun = true) => {
  const text = JSON.stringify(wantedContainer(shop, name, spec));
  const path = join(tmpdir(), `webhook-${process.pid}-${name}.json`);
  await writeFile(path, text);
  const said = await cluster.kubectl(['apply', '--server-side', ...(dryRun ? ['--dry-run=server'] : []), '-f', path]);
  await rm(path);
  return said;
};

const createClaim = (
  name: string,
  spec: Partial<PersistentVolumeClaim['spec']> = {},
  labels: Record<string, string> = {},
) =>
  client.create(PersistentVolumeClaim, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: shop, name, labels },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  });

const claimOf = (container: string, volume = 'data') => ({
  'dokkerr.io/container': container,
  'dokkerr.io/volume': volume,
});

async function reviews(): Promise<number> {
  const metric = await registry.getSingleMetric('controller_runtime_webhook_requests_total')?.get();
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
}

describe('a Container', () => {
  it('is admitted without a word when nothing is wrong with it', async () => {
    const before = await reviews();
    expect(await apply('plain', {})).toMatchObject({ ok: true, stderr: '' });
    expect(await reviews()).toBe(before + 1);
  });

  it('is refused when a claim it would make is somebody else’s', async () => {
    await createClaim('data-taken-0');
    const said = await apply('taken', { volumes: [dataVolume] });
    expect(said.ok).toBe(false);
    expect(said.stderr).toContain(
      'spec.volumes[data]: claim data-taken-0 exists and is not a Container’s; mount it by existingClaim, or rename the volume',
    );
    expect(await refusalOf(create('taken', { volumes: [dataVolume] }))).toContain(
      'admission webhook "containers.dokkerr.io"',
    );
  });

  it('is admitted when a claim was kept for it, and refused when that is of another mode', async () => {
    await createClaim('data-kept-0', {}, claimOf('kept'));
    expect(await apply('kept', { volumes: [dataVolume] })).toMatchObject({ ok: true, stderr: '' });
    const shared = { ...dataVolume, claim: { size: '1Gi', accessModes: ['ReadWriteMany' as const] } };
    expect((await apply('kept', { volumes: [shared] })).stderr).toContain(
      'has accessModes [ReadWriteOnce]; write these',
    );
  });

  it('may be changed otherwise although it was admitted before the claim was taken', async () => {
    await create('early', { volumes: [dataVolume] });
    await createClaim('data-early-0');
    const changed = await client.patch(
      Container,
      { namespace: shop, name: 'early' },
      { spec: { image: 'localhost/notes:2' } },
    );
    expect(changed.spec.image).toBe('localhost/notes:2');
    const more = client.patch(Container, { namespace: shop, name: 'early' }, { spec: { replicas: 2 } });
    expect((await more).spec.replicas).toBe(2);
  });

  it('is refused to grow a claim whose class cannot, and allowed where it can', async () => {
    for (const [name, allowVolumeExpansion] of [
      ['fixed', false],
      ['elastic', true],
    ] as const) {
      await client.create(StorageClass, {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name },
        provisioner: 'example.com/none',
        allowVolumeExpansion,
      });
      await createClaim(`data-on-${name}-0`, { storageClassName: name }, claimOf(`on-${name}`));
      await create(`on-${name}`, { volumes: [{ ...dataVolume, claim: { size: '1Gi', storageClassName: name } }] });
    }
    const grow = (name: string) =>
      client.patch(Container, { namespace: shop, name: `on-${name}` }, [
        { op: 'replace', path: '/spec/volumes/0/claim/size', value: '2Gi' },
      ]);
    expect(await refusalOf(grow('fixed'))).toContain(
      'claim data-on-fixed-0 (1Gi) cannot grow: it is of StorageClass fixed, which does not set allowVolumeExpansion',
    );
    expect((await grow('elastic')).spec.volumes[0]?.claim?.size).toBe('2Gi');
  });

  it('is admitted with a warning when a claim it mounts is missing, and when another pod uses it', async () => {
    const volumes = [{ name: 'old', mountPath: '/old', existingClaim: { claimName: 'legacy' } }];
    const missing = await apply('reader', { volumes });
    expect(missing.ok).toBe(true);
    expect(missing.stderr).toContain('Warning: spec.volumes[old].existingClaim: claim legacy does not exist yet');
    await createClaim('legacy');
    await client.create(ServiceAccount, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: shop, name: 'default' },
    });
    await client.create(Pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: shop, name: 'legacy-0' },
      spec: {
        automountServiceAccountToken: false,
        containers: [{ name: 'main', image: 'localhost/legacy:1' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'legacy' } }],
      },
    });
    const used = await apply('reader', { volumes });
    expect(used.ok).toBe(true);
    expect(used.stderr).toContain('claim legacy (ReadWriteOnce) is in use by pod legacy-0; stop that first');
  });

  it('is refused several replicas on a claim for one pod', async () => {
    await createClaim('single', { accessModes: ['ReadWriteOncePod'] });
    const volumes = [{ name: 'one', mountPath: '/one', existingClaim: { claimName: 'single' } }];
    expect((await apply('solo', { volumes })).ok).toBe(true);
    expect((await apply('solo', { volumes, replicas: 2 })).stderr).toContain(
      'claim single is ReadWriteOncePod; write replicas: 1, or use a claim of mode ReadWriteMany',
    );
  });

  it('is admitted with a warning when the quota does not leave enough, so that the quota may come later', async () => {
    await client.create(ResourceQuota, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace: shop, name: 'pods' },
      spec: { hard: { pods: '3' } },
    });
    const said = await apply('many', { replicas: 5 });
    expect(said.ok).toBe(true);
    expect(said.stderr).toContain('Warning: ResourceQuota pods leaves 3 pods');
    await client.delete(ResourceQuota, { namespace: shop, name: 'pods' });
  });

  it('costs no call when only its labels change, nor in the operator’s own namespace', async () => {
    await create('quiet');
    const before = await reviews();
    await client.patch(Container, { namespace: shop, name: 'quiet' }, { metadata: { labels: { team: 'a' } } });
    await create('own', {}, 'dokkerr-system');
    expect(await reviews()).toBe(before);
  });
});

describe('the server', () => {
  const post = (body: string, options: object = {}) =>
    readCaBundle(client).then((ca) =>
      ask(
        port,
        ca,
        { method: 'POST', path: '/validate/containers', headers: { 'content-type': 'application/json' }, ...options },
        body,
      ),
    );

  it('answers what is no AdmissionReview with 400 and one line that says why', async () => {
    expect(await post('{')).toEqual({ code: 400, body: 'the body is not JSON' });
    const wrong = await post(JSON.stringify({ apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview' }));
    expect(wrong.code).toBe(400);
    expect(wrong.body).toMatch(/^not an AdmissionReview of admission.k8s.io\/v1: apiVersion: [^\n]+$/);
    const deployment = JSON.stringify(aReview({ kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }));
    expect(await post(deployment)).toEqual({
      code: 400,
      body: '/validate/containers reviews Container.dokkerr.io, not Deployment.apps',
    });
  });

  it('answers a body above 3 MiB with 413, whether its length is announced or not', async () => {
    const large = ' '.repeat(3 * 1024 * 1024 + 1);
    expect((await post(large)).code).toBe(413);
    const chunked = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    expect((await post(large, { headers: chunked })).code).toBe(413);
  });

  it('knows only its paths, POST and JSON', async () => {
    expect((await post('', { path: '/validate/other' })).code).toBe(404);
    expect((await post('', { method: 'GET' })).code).toBe(405);
    expect((await post('{}', { headers: { 'content-type': 'text/plain' } })).code).toBe(415);
  });

  it('answers a thousand reviews in a second of one core, client included', async () => {
    const agent = new Agent({ ca: await readCaBundle(client), keepAlive: true, maxSockets: 20 });
    const headers = { 'content-type': 'application/json' };
    const options = { method: 'POST', path: '/validate/containers', headers, agent };
    const body = JSON.stringify(aReview({}));
    const codes = new Set<number>();
    const run = async (count: number) => {
      let sent = 0;
      const worker = async () => {
        while (sent++ < count) codes.add((await ask(port, '', options, body)).code);
      };
      await Promise.all(Array.from({ length: 20 }, worker));
    };
    await run(1000);
    // Time of the processor rather than of the clock: other suites run beside this one.
    const before = process.cpuUsage();
    const count = 4000;
    await run(count);
    const { user, system } = process.cpuUsage(before);
    agent.destroy();
    expect([...codes]).toEqual([200]);
    expect(count / ((user + system) / 1e6)).toBeGreaterThan(1000);
  });
});

/** A review of a Container that needs no reads, so that the server alone is measured. */
function aReview(changes: object): object {
  const { object, oldObject } = { object: wantedContainer(shop, 'x'), oldObject: wantedContainer(shop, 'x') };
  const spec = { ...object.spec, replicas: 1, volumes: [], suspend: false };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'a-review',
      operation: 'UPDATE',
      namespace: shop,
      kind: { group: 'dokkerr.io', version: 'v1alpha1', kind: 'Container' },
      object: { ...object, spec },
      oldObject: { ...oldObject, spec },
      ...changes,
    },
  };
}

describe('the policies', () => {
  beforeAll(async () => {
    const operators = ['system:serviceaccount:dokkerr-system:dokkerr'];
    for (const { policy, binding } of buildPolicies({ name: 'dokkerr', operators })) {
      await client.apply(ValidatingAdmissionPolicy, policy);
      await client.apply(ValidatingAdmissionPolicyBinding, binding);
    }
    await waitUntil(
      'the policies to be in force',
      async () => (await apply('probe', { image: 'notes' })).stderr.includes('no version'),
      { timeoutMs: 30_000 },
    );
  });

  it('warn of what is risky, each in a sentence, and of nothing in a careful Container', async () => {
    const said = await apply('risky', {
      image: 'localhost:5000/notes:latest',
      replicas: 2,
      ports: [{ name: 'http', containerPort: 80 }],
      securityContext: {
        runAsNonRoot: false,
        allowPrivilegeEscalation: true,
        capabilities: { add: ['SYS_ADMIN'] },
        seccompProfile: { type: 'Unconfined' },
      },
    });
    expect(said.ok).toBe(true);
    for (const field of ['image', 'probes.readiness', 'resources.requests', 'securityContext.runAsNonRoot'])
      expect(said.stderr).toContain(`spec.${field}`);
    for (const field of ['allowPrivilegeEscalation', 'capabilities.add', 'seccompProfile'])
      expect(said.stderr).toContain(`spec.securityContext.${field}`);
    const careful = await apply('careful', {
      image: 'localhost:5000/notes:1.4',
      replicas: 2,
      ports: [{ name: 'http', containerPort: 8080 }],
      probes: { readiness: { httpGet: { port: 'http' } } },
      resources: { requests: { cpu: '100m', memory: '64Mi' } },
    });
    expect(careful).toMatchObject({ ok: true, stderr: '' });
  });

  it('say before a deletion which volumes go with the Container', async () => {
    await create('doomed', {
      volumes: [dataVolume, { name: 'cache', mountPath: '/cache', claim: { size: '1Gi', deletionPolicy: 'Delete' } }],
    });
    const said = await cluster.kubectl(['delete', 'container.dokkerr.io', 'doomed', '-n', shop]);
    expect(said.ok).toBe(true);
    expect(said.stderr).toContain(
      'the claims of volume cache have deletionPolicy Delete: they and their data are deleted too',
    );
  });

  it('refuse to delete a kept claim until it is annotated, and let one go that belongs to its Container', async () => {
    await createClaim('data-safe-0', {}, claimOf('safe'));
    const remove = () =>
      client.delete(PersistentVolumeClaim, { namespace: shop, name: 'data-safe-0' }, { dryRun: true });
    expect(await refusalOf(remove())).toContain(
      'claim data-safe-0 holds data of Container safe: to delete the data, first run kubectl annotate pvc data-safe-0 -n shop dokkerr.io/allow-deletion=true',
    );
    await client.patch(
      PersistentVolumeClaim,
      { namespace: shop, name: 'data-safe-0' },
      { metadata: { annotations: { 'dokkerr.io/allow-deletion': 'true' } } },
    );
    expect(await remove()).toBe(true);
    await createClaim('data-owned-0', {}, claimOf('owned'));
    const owner = { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Container', name: 'owned', uid: 'some-uid' };
    await client.patch(
      PersistentVolumeClaim,
      { namespace: shop, name: 'data-owned-0' },
      { metadata: { ownerReferences: [owner] } },
    );
    expect(await client.delete(PersistentVolumeClaim, { namespace: shop, name: 'data-owned-0' })).toBe(true);
  });

  it('let the operator delete any claim, and anybody once the namespace goes', async () => {
    await createClaim('data-moved-0', {}, claimOf('moved'));
    const operator = ['--as=system:serviceaccount:dokkerr-system:dokkerr', '--as-group=system:masters'];
    const remove = ['delete', 'pvc', 'data-moved-0', '--dry-run=server'];
    expect((await cluster.kubectl([...remove, '-n', shop])).ok).toBe(false);
    expect(await cluster.kubectl([...remove, '-n', shop, ...operator])).toMatchObject({ ok: true });
    await cluster.createNamespace('going');
    await client.create(PersistentVolumeClaim, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: 'going', name: 'data-moved-0', labels: claimOf('moved') },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    await client.delete(Namespace, { name: 'going' });
    await waitUntil('the claim to be deletable', async () => (await cluster.kubectl([...remove, '-n', 'going'])).ok, {
      timeoutMs: 10_000,
    });
  });
});

describe('the permissions the webhooks declare', () => {
  it('are all they ask for: nothing was refused them', async () => {
    const lines = (await readFile(cluster.controlPlane.auditLogPath, 'utf8')).trim().split('\n');
    const theirs = lines
      .map((line) => JSON.parse(line) as { impersonatedUser?: { username: string }; responseStatus?: { code: number } })
      .filter(({ impersonatedUser }) => impersonatedUser?.username === 'dokkerr-webhooks');
    expect(theirs.length).toBeGreaterThan(20);
    expect(theirs.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
  });
});

describe('when the webhooks are gone', () => {
  it('only Containers are refused under failurePolicy Fail, and nothing at all under Ignore', async () => {
    await webhooks.stop();
    expect(await refusalOf(create('alone'))).toContain('failed calling webhook');
    await client.create(ConfigMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: shop, name: 'unaffected' },
    });
    await client.patch(ValidatingWebhookConfiguration, { name: 'dokkerr' }, [
      { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' },
    ]);
    await waitUntil('the change to be seen', async () => (await apply('alone', {})).ok, { timeoutMs: 10_000 });
    expect((await create('alone')).metadata.name).toBe('alone');
  });
});
