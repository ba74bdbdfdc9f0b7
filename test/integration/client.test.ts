/** The client against a real API server: what it returns, and what every refusal is called. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createClient } from '#runtime/client/client.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { resolveCredentials } from '#runtime/client/credentials.ts';
import {
  ConfigMap,
  HTTPRoute,
  LimitRange,
  Namespace,
  Pod,
  ResourceQuota,
  ServiceAccount,
} from '#runtime/client/kinds.ts';
import { createTransport } from '#runtime/client/transport.ts';
import { type Applied, keyOf } from '#runtime/client/types.ts';
import type { DokkerrError } from '#runtime/errors.ts';

const namespace = 'client-test';
const requests: string[] = [];
let cluster: ClusterConnection;

const configMap = (name: string, data: Record<string, string> = {}, inNamespace = namespace): Applied<ConfigMap> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: inNamespace, name },
  data,
});

const refusal = async (attempt: Promise<unknown>): Promise<DokkerrError> => {
  const outcome = await attempt.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  );
  return outcome as DokkerrError;
};

beforeAll(async () => {
  cluster = await connectCluster({
    kubeconfig: inject('kubeconfig'),
    fieldManager: 'client-test',
    observer: (verb, kind, code) => requests.push(`${verb} ${kind} ${code}`),
  });
  await cluster.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});
afterAll(async () => {
  await cluster.client.delete(Namespace, { name: namespace });
  await cluster.transport.close();
});

describe('connecting', () => {
  test('tells the server and its version', () => {
    expect(cluster.server).toBe(inject('server'));
    expect(cluster.version).toMatch(/^v1\.\d+/);
  });

  test('reports every request with verb, kind and status', async () => {
    requests.length = 0;
    await cluster.client.get(ConfigMap, { namespace, name: 'nobody' });
    expect(requests).toEqual(['get ConfigMap 404']);
  });
});

describe('reading and writing', () => {
  test('apply creates, changes, and leaves the fields of others alone', async () => {
    const { client } = cluster;
    const key = { namespace, name: 'applied' };
    await client.apply(ConfigMap, configMap('applied', { ours: '1', dropped: '1' }));
    await client.patch(ConfigMap, key, { data: { theirs: '1' } }, { fieldManager: 'somebody-else' });
    const after = await client.apply(ConfigMap, configMap('applied', { ours: '2' }));
    expect(after.data).toEqual({ ours: '2', theirs: '1' });
  });

  test('a dry run answers as if, and writes nothing', async () => {
    const answer = await cluster.client.create(ConfigMap, configMap('dry', { a: '1' }), { dryRun: true });
    expect(answer.metadata.uid).toBeDefined();
    expect(await cluster.client.get(ConfigMap, { namespace, name: 'dry' })).toBeUndefined();
  });

  test('a JSON patch and a merge patch are told apart by their form', async () => {
    await cluster.client.create(ConfigMap, configMap('patched', { a: '1' }));
    const key = { namespace, name: 'patched' };
    await cluster.client.patch(ConfigMap, key, [{ op: 'add', path: '/data/b', value: '2' }]);
    const after = await cluster.client.patch(ConfigMap, key, { data: { a: null } });
    expect(after.data).toEqual({ b: '2' });
  });

  test('status is written to its own subresource', async () => {
    const { client } = cluster;
    const quota: Applied<ResourceQuota> = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace, name: 'with-status' },
      spec: { hard: { 'count/secrets': '100' } },
    };
    await client.apply(ResourceQuota, quota);
    const status = { hard: { 'count/secrets': '100' }, used: { 'count/secrets': '7' } };
    await client.patch(ResourceQuota, { namespace, name: 'with-status' }, { status }, { subresource: 'status' });
    const read = await client.get(ResourceQuota, { namespace, name: 'with-status' });
    expect(read?.status?.used).toEqual({ 'count/secrets': '7' });
    await client.delete(ResourceQuota, { namespace, name: 'with-status' });
  });

  test('list follows all pages and gives every item its identity', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
    const labelled = (name: string): Applied<ConfigMap> => {
      const object = configMap(name);
      return { ...object, metadata: { ...object.metadata, labels: { paged: 'yes' } } };
    };
    await Promise.all(names.map((name) => cluster.client.create(ConfigMap, labelled(name))));
    const list = await cluster.client.list(ConfigMap, { namespace, labelSelector: 'paged=yes', limit: 10 });
    expect(list.items.map((item) => item.metadata.name)).toEqual(names);
    expect(list.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(Number(list.resourceVersion)).toBeGreaterThan(0);
  });

  test('delete says whether something was there, and spares another object of the same name', async () => {
    const { client } = cluster;
    const made = await client.create(ConfigMap, configMap('deleted'));
    const key = { namespace, name: 'deleted' };
    const foreign = await refusal(client.delete(ConfigMap, key, { uid: '00000000-0000-0000-0000-000000000000' }));
    expect(foreign.code).toBe('DKR_API_CONFLICT');
    expect(await client.delete(ConfigMap, key, { uid: made.metadata.uid ?? '' })).toBe(true);
    expect(await client.delete(ConfigMap, key)).toBe(false);
  });
});

describe('refusals', () => {
  test('creating what exists is a conflict, and says so', async () => {
    await cluster.client.create(ConfigMap, configMap('twice'));
    const error = await refusal(cluster.client.create(ConfigMap, configMap('twice')));
    expect(error).toMatchObject({ code: 'DKR_API_CONFLICT', class: 'conflict', reason: 'AlreadyExists' });
    expect(error.message).toContain(`configmaps ${namespace}/twice`);
  });

  test('an update from an old version is a conflict', async () => {
    const made = await cluster.client.create(ConfigMap, configMap('stale'));
    await cluster.client.patch(ConfigMap, made.metadata, { data: { a: '1' } });
    const error = await refusal(cluster.client.update(ConfigMap, { ...made, data: { a: '2' } }));
    expect(error).toMatchObject({ code: 'DKR_API_CONFLICT', reason: 'Conflict' });
  });

  test('writing into a namespace that does not exist is not found', async () => {
    const error = await refusal(cluster.client.create(ConfigMap, configMap('a', {}, 'no-such-namespace')));
    expect(error).toMatchObject({ code: 'DKR_API_NOT_FOUND', class: 'dependency' });
    expect(error.message).toContain('namespaces "no-such-namespace" not found');
  });

  test('patching what does not exist is not found', async () => {
    const error = await refusal(cluster.client.patch(ConfigMap, { namespace, name: 'nobody' }, { data: {} }));
    expect(error.code).toBe('DKR_API_NOT_FOUND');
  });

  test.each(['get', 'list', 'apply'] as const)('a kind that is not served is a missing CRD for %s', async (verb) => {
    const route: Applied<HTTPRoute> = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { namespace, name: 'route' },
    };
    const attempts = {
      get: () => cluster.client.get(HTTPRoute, { namespace, name: 'route' }),
      list: () => cluster.client.list(HTTPRoute),
      apply: () => cluster.client.apply(HTTPRoute, route),
    };
    const error = await refusal(attempts[verb]());
    expect(error).toMatchObject({ code: 'DKR_CRD_MISSING', class: 'dependency' });
    expect(error.message).toContain('httproutes.gateway.networking.k8s.io');
    expect(error.message).toContain('install its CustomResourceDefinition');
  });

  test.each(['create', 'apply'] as const)('a field that the schema does not know is invalid for %s', async (verb) => {
    const object = { ...configMap(`typo-${verb}`), dota: { a: '1' } } as Applied<ConfigMap>;
    const error = await refusal(cluster.client[verb](ConfigMap, object));
    expect(error).toMatchObject({ code: 'DKR_API_INVALID', class: 'permanent' });
    expect(error.message).toContain('dota');
  });

  test('a value that validation refuses is invalid and names the field', async () => {
    const error = await refusal(cluster.client.create(ConfigMap, configMap('valid', { 'not a key': '1' })));
    expect(error).toMatchObject({ code: 'DKR_API_INVALID', httpStatus: 422 });
    expect(error.message).toContain('data');
  });

  test('an exhausted quota is a matter of capacity', async () => {
    const quota = { namespace: 'client-quota', name: 'no-configmaps' };
    await cluster.client.create(Namespace, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: quota.namespace },
    });
    const hard = { 'count/configmaps': '0' };
    await cluster.client.create(ResourceQuota, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: quota,
      spec: { hard },
    });
    // No controller-manager runs here: its part, the count so far, is written by hand.
    const status = { hard, used: { 'count/configmaps': '0' } };
    await cluster.client.patch(ResourceQuota, quota, { status }, { subresource: 'status' });
    await expect
      .poll(
        async () =>
          (await refusal(cluster.client.create(ConfigMap, configMap('a', {}, quota.namespace), { dryRun: true }))).code,
      )
      .toBe('DKR_API_QUOTA');
    await cluster.client.delete(Namespace, { name: quota.namespace });
  });

  test('a LimitRange that is passed is a matter of capacity', async () => {
    const inside = 'client-limits';
    await cluster.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inside } });
    await cluster.client.create(LimitRange, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { namespace: inside, name: 'small' },
      spec: { limits: [{ type: 'Container', max: { cpu: '100m' } }] },
    });
    const pod: Applied<Pod> = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: inside, name: 'big' },
      spec: { containers: [{ name: 'a', image: 'a', resources: { limits: { cpu: '1' } } }] },
    };
    // No controller-manager runs here, which would make the account that every pod needs.
    await cluster.client.create(ServiceAccount, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace: inside, name: 'default' },
    });
    await expect
      .poll(async () => (await refusal(cluster.client.create(Pod, pod, { dryRun: true }))).code)
      .toBe('DKR_API_QUOTA');
    await cluster.client.delete(Namespace, { name: inside });
  });

  test('a missing permission names verb and resource', async () => {
    const admin = resolveCredentials({ kubeconfig: inject('kubeconfig') });
    const current = await admin.current();
    const impersonated = { ...current, headers: { ...current.headers, 'impersonate-user': 'nobody-in-particular' } };
    const transport = createTransport({ ...admin, current: () => impersonated, renew: async () => impersonated });
    const error = await refusal(createClient(transport).list(ConfigMap, { namespace }));
    expect(error).toMatchObject({ code: 'DKR_API_FORBIDDEN', class: 'dependency' });
    expect(error.message).toContain(`not permitted to list configmaps ${namespace}`);
    await transport.close();
  });

  test('credentials that are not accepted are renewed once and then said to be wrong', async () => {
    const admin = resolveCredentials({ kubeconfig: inject('kubeconfig') });
    const { tls } = await admin.current();
    let renewals = 0;
    const wrong = {
      headers: { authorization: 'Bearer nonsense' },
      tls: tls.ca === undefined ? {} : { ca: tls.ca },
    };
    const renew = async () => {
      renewals += 1;
      return wrong;
    };
    const transport = createTransport({ ...admin, current: () => wrong, renew });
    const error = await refusal(createClient(transport).get(ConfigMap, { namespace, name: 'a' }));
    expect(error.code).toBe('DKR_API_UNAUTHORIZED');
    expect(renewals).toBe(1);
    await transport.close();
  });

  test('an aborted request ends at once and says that it was abandoned', async () => {
    const error = await refusal(cluster.client.list(ConfigMap, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'DKR_TIMEOUT', reason: 'Aborted' });
  });

  test('an object addressed without namespace is our own mistake', async () => {
    const error = await refusal(cluster.client.get(ConfigMap, { name: keyOf({ name: 'a' }) }));
    expect(error.code).toBe('DKR_INTERNAL');
  });
});
