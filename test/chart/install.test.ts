/** The chart on a real API server: it takes every object as rendered, and what a release leaves behind is what it should. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { run } from '#cluster/command.ts';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { Container } from '#crds/container.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { Deployment, Namespace, ServiceAccount } from '#runtime/client/kinds.ts';
import { chartFolder } from './release.ts';

let controlPlane: ControlPlane;
let admin: ClusterConnection;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  admin = await connectCluster({ kubeconfig: controlPlane.kubeconfigPath });
  for (const name of ['shop', 'blog'])
    await admin.client.apply(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
});
afterAll(async () => {
  await admin.transport.close();
  await controlPlane.down();
});

function helm(namespace: string, args: readonly string[], values: object = {}): Promise<string> {
  const common = ['--kubeconfig', controlPlane.kubeconfigPath, '--namespace', namespace];
  return run(inject('helm'), [...args, ...common], { input: JSON.stringify(values) });
}

const install = (namespace: string, name: string, values: object = {}) =>
  helm(namespace, ['upgrade', '--install', name, chartFolder, '--create-namespace', '--values', '-'], values);

const found = (namespace: string, name: string) => admin.client.get(Deployment, { namespace, name });

test('a release is installed, upgraded, uninstalled and installed again, and a Container outlives it', async () => {
  const notes = await install('dokkerr-system', 'dokkerr');
  expect(notes).toContain('rollout status deployment/dokkerr');
  const key = { namespace: 'shop', name: 'notes' };
  const spec = { image: 'example.invalid/none:1' } as unknown as Container['spec'];
  await admin.client.apply(Container, { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Container', metadata: key, spec });
  const declared = await admin.client.get(Container, key);

  await install('dokkerr-system', 'dokkerr', { replicas: 3, networkPolicy: { enabled: true } });
  expect(await found('dokkerr-system', 'dokkerr')).toMatchObject({ spec: { replicas: 3 } });

  await helm('dokkerr-system', ['uninstall', 'dokkerr']);
  expect(await found('dokkerr-system', 'dokkerr')).toBeUndefined();
  expect((await admin.client.get(Container, key))?.metadata.uid).toBe(declared?.metadata.uid);

  await install('dokkerr-system', 'dokkerr');
  expect(await found('dokkerr-system', 'dokkerr')).toBeDefined();
  expect((await admin.client.get(Container, key))?.metadata.uid).toBe(declared?.metadata.uid);
});

test('two releases serve their own namespaces beside each other, when one of them brings the definitions', async () => {
  await install('dokkerr-system', 'dokkerr', { namespaces: ['shop'] });
  await install('team-blue', 'blue', { namespaces: ['blog'], crds: { install: false } });
  await helm('team-blue', ['uninstall', 'blue']);
  expect(await found('dokkerr-system', 'dokkerr')).toBeDefined();
  expect(await admin.client.get(ServiceAccount, { namespace: 'dokkerr-system', name: 'dokkerr' })).toBeDefined();
});

test('a release of another name is told that the definitions are another’s, and takes them when asked to', async () => {
  const values = { namespaces: ['blog'] };
  await expect(install('team-red', 'red', values)).rejects.toThrow(/ownership|owned|managed|conflict/i);
  const taken = ['upgrade', '--install', 'red', chartFolder, '--create-namespace', '--take-ownership', '--values', '-'];
  await helm('team-red', taken, values);
  expect(await found('team-red', 'red-dokkerr')).toBeDefined();
});
