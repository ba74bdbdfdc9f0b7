/** The operator with the roles of `config/` and nothing more: for the whole cluster, and for some namespaces only. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { waitUntil } from '#cluster/wait.ts';
import { Container } from '#crds/container.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { Namespace, StatefulSet } from '#runtime/client/kinds.ts';
import { exitCodes } from '#runtime/manager/process.ts';
import { permissions } from '#src/install/permissions.ts';
import { auditedRequests, refusedTo, unusedOf } from '#test/audit.ts';
import { startOperator } from '#test/operator/process.ts';
import { installKinds } from './manager/kinds.ts';
import { applyManifest, writeAccountKubeconfig } from './manager/manifest.ts';

const account = { namespace: 'dokkerr-system', name: 'dokkerr' };
const user = 'system:serviceaccount:dokkerr-system:dokkerr';
let controlPlane: ControlPlane;
let admin: ClusterConnection;
let kubeconfigPath: string;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  admin = await connectCluster({ kubeconfig: controlPlane.kubeconfigPath });
  await installKinds(admin.client);
  for (const name of ['one', 'two', 'other'])
    await admin.client.apply(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await applyManifest(admin.client, 'config/manager/namespace.yaml');
  await applyManifest(admin.client, 'config/rbac/account.yaml');
  const { server, caFile, dir } = controlPlane;
  kubeconfigPath = await writeAccountKubeconfig(admin, account, { server, caFile, path: join(dir, 'account') });
});
afterAll(async () => {
  await admin.transport.close();
  await controlPlane.down();
});

const create = (namespace: string, name: string) =>
  admin.client.apply(Container, {
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'Container',
    metadata: { namespace, name },
    spec: {
      image: 'example.invalid/none:1',
      // Neither this class nor any node exists: only who may look at them can say so.
      volumes: [{ name: 'data', mountPath: '/data', claim: { size: '1Gi', storageClassName: 'absent' } }],
    } as unknown as Container['spec'],
  });

/** Resolves once the steps got beyond CheckResources. */
const untilStarted = (namespace: string, name: string) =>
  waitUntil(
    `${namespace}/${name} to be started`,
    async () => (await admin.client.get(StatefulSet, { namespace, name })) !== undefined,
    { timeoutMs: 30_000 },
  );

const messageOf = async (namespace: string, name: string) => {
  const { status } = (await admin.client.get(Container, { namespace, name })) ?? {};
  return status?.conditions?.find(({ type }) => type === 'ResourcesAvailable')?.message ?? '';
};

/** Runs the operator until it ends by itself, as it has to at once. */
const runToItsEnd = (args: readonly string[]) => {
  const command = ['src/main.ts', 'controller', '--kubeconfig', kubeconfigPath, '--listen', '127.0.0.1:0', ...args];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 30_000 });
  const [last = ''] = stdout.trimEnd().split('\n').reverse();
  return { status, last: JSON.parse(last) as { msg: string } };
};

describe('the operator of some namespaces', () => {
  test('says which namespace its account lacks a role in', async () => {
    const { status, last } = runToItsEnd(['--namespaces', 'one,two']);
    expect(status).toBe(exitCodes.unusable);
    expect(last.msg).toMatch(
      /^the operator's account may not get configmaps in namespace one \(and \d+ more permissions\); grant its role: kubectl apply --namespace NAMESPACE -f config\/rbac\/namespaced\/role.yaml$/,
    );
  });

  test('serves them with Roles alone, is refused nothing, and leaves the others', async () => {
    for (const namespace of ['one', 'two'])
      await applyManifest(admin.client, 'config/rbac/namespaced/role.yaml', namespace);
    const begin = Date.now();
    for (const namespace of ['one', 'two', 'other']) await create(namespace, 'web');
    await using operator = await startOperator({
      kubeconfigPath,
      args: ['--namespaces', 'one,two', '--leader-elect', '--lease-namespace', account.namespace],
    });
    await Promise.all(['one', 'two'].map((namespace) => untilStarted(namespace, 'web')));
    expect((await admin.client.get(Container, { namespace: 'other', name: 'web' }))?.status).toBeUndefined();
    const said = operator.log.filter(({ msg }) => String(msg).startsWith('may not read nodes and storageclasses'));
    expect(said).toHaveLength(1);
    expect(await operator.stop()).toBe(exitCodes.ok);
    const requests = await auditedRequests(controlPlane.auditLogPath, { user });
    expect(refusedTo(requests.filter(({ at }) => at >= begin))).toEqual([]);
    const elsewhere = requests.filter(
      ({ namespace = 'one' }) => !['one', 'two', account.namespace].includes(namespace),
    );
    expect(elsewhere.map(({ requestURI }) => requestURI)).toEqual([]);
  });
});

describe('the operator of the whole cluster', () => {
  test('needs no more than its ClusterRole and its own Role, and sees what Roles cannot show', async () => {
    await applyManifest(admin.client, 'config/rbac/role.yaml');
    const begin = Date.now();
    await using operator = await startOperator({ kubeconfigPath, args: ['--leader-elect'] });
    await waitUntil(
      'other/web to be looked at',
      async () => (await messageOf('other', 'web')).includes('storageClassName names StorageClass absent'),
      { timeoutMs: 30_000 },
    );
    expect(await operator.stop()).toBe(exitCodes.ok);
    const requests = (await auditedRequests(controlPlane.auditLogPath, { user })).filter(({ at }) => at >= begin);
    expect(refusedTo(requests)).toEqual([]);
    const { cluster, served, own } = permissions({ lease: 'dokkerr-leader' });
    // What no run of a minute uses is no reproach; that the list can be made is what other suites rely on.
    const unused = unusedOf([...cluster, ...served, ...own], requests);
    expect(unused).not.toContain('watch nodes');
    expect(unused).toContain('delete services');
  });

  test('says which namespace does not exist', () => {
    const { status, last } = runToItsEnd(['--namespaces', 'one,nowhere']);
    expect(status).toBe(exitCodes.unusable);
    expect(last.msg).toBe('namespace nowhere does not exist; create it, or correct --namespaces');
  });
});
