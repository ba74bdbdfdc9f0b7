/** The chart on a real API server: it takes every object as rendered, and what a release leaves behind is what it should. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CommandError, run } from '#cluster/command.ts';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { waitUntil } from '#cluster/wait.ts';
import { Container } from '#crds/container.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { Deployment, Namespace, ServiceAccount } from '#runtime/client/kinds.ts';
import { startOperator } from '#test/operator/process.ts';
import { ValidatingWebhookConfiguration } from '#webhooks/kinds.ts';
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

const install = (namespace: string, name: string, values: object = {}, flags: readonly string[] = []) =>
  helm(namespace, ['upgrade', '--install', name, chartFolder, '--create-namespace', ...flags, '--values', '-'], values);

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

describe('admission', () => {
  const name = 'dokkerr-system-dokkerr';

  /** The bundle of the release's webhook, '' when it is empty. */
  const caBundle = async () => {
    const found = await admin.client.get(ValidatingWebhookConfiguration, { name });
    return found?.webhooks?.[0]?.clientConfig.caBundle ?? '';
  };

  /** The operator's certificates, kept by a process outside as its pods would. */
  const keepCertificates = () =>
    startOperator({
      kubeconfigPath: ownKubeconfig,
      role: 'webhook',
      args: ['--webhook-listen', '127.0.0.1:0', '--webhook-configuration', name],
    });

  let ownKubeconfig: string;
  beforeAll(async () => {
    ownKubeconfig = join(controlPlane.dir, 'own.kubeconfig');
    await copyFile(controlPlane.kubeconfigPath, ownKubeconfig);
    const kubectl = await createKubectl(ownKubeconfig);
    await kubectl(['config', 'set-context', '--current', '--namespace', 'dokkerr-system']);
  });

  test.each([
    ['as Helm 4 upgrades', ['--server-side=true']],
    ['as Helm 3 upgrades', ['--server-side=false']],
    ['with everything taken over', ['--server-side=true', '--force-conflicts']],
  ])('keeps the caBundle the operator wrote, %s', async (_, flags) => {
    await install('dokkerr-system', 'dokkerr', {}, flags);
    await using _operator = await keepCertificates();
    await waitUntil('the bundle to be written', async () => (await caBundle()) !== '', { timeoutMs: 20_000 });
    const written = await caBundle();
    await install('dokkerr-system', 'dokkerr', { webhook: { failurePolicy: 'Fail' } }, flags);
    const after = await admin.client.get(ValidatingWebhookConfiguration, { name });
    expect(after?.webhooks).toMatchObject([{ failurePolicy: 'Fail', clientConfig: { caBundle: written } }]);
  });

  test('keeps it also when the static YAML is applied again', async () => {
    const kubectl = await createKubectl(controlPlane.kubeconfigPath);
    const apply = () => kubectl(['apply', '--server-side', '--filename', 'config/admission/webhook.yaml']);
    await apply();
    await using _operator = await startOperator({
      kubeconfigPath: ownKubeconfig,
      role: 'webhook',
      args: ['--webhook-listen', '127.0.0.1:0'],
    });
    const bundle = async () => {
      const found = await admin.client.get(ValidatingWebhookConfiguration, { name: 'dokkerr' });
      return found?.webhooks?.[0]?.clientConfig.caBundle ?? '';
    };
    await waitUntil('the bundle to be written', async () => (await bundle()) !== '', { timeoutMs: 20_000 });
    const written = await bundle();
    await apply();
    expect(await bundle()).toBe(written);
    await kubectl(['delete', '--filename', 'config/admission/webhook.yaml']);
  });

  test('refuses to let data go by accident, and says what to write instead', async () => {
    await install('dokkerr-system', 'dokkerr');
    const kubectl = await createKubectl(controlPlane.kubeconfigPath);
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-notes-0', labels: { 'dokkerr.io/container': 'notes', 'dokkerr.io/volume': 'data' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    await kubectl(['create', '--namespace', 'shop', '--filename', '-'], JSON.stringify(claim));
    const remove = () => kubectl(['delete', 'pvc', 'data-notes-0', '--namespace', 'shop', '--wait=false']);
    // Policies are compiled a moment after they were stored.
    const cure = /kubectl annotate pvc data-notes-0 -n shop dokkerr\.io\/allow-deletion=true/;
    const refusing = async () => {
      const attempt = kubectl(['delete', 'pvc', 'data-notes-0', '--namespace', 'shop', '--dry-run=server']);
      return attempt.then(
        () => false,
        (error: Error) => cure.test(error.message),
      );
    };
    await waitUntil('the policy to hold', refusing, { timeoutMs: 20_000 });
    await expect(remove()).rejects.toThrow(cure);
    await kubectl(['annotate', 'pvc', 'data-notes-0', '-n', 'shop', 'dokkerr.io/allow-deletion=true']);
    expect(await remove()).toContain('deleted');
  });

  test('warns of settings that are often regretted, each with what to write', async () => {
    await install('dokkerr-system', 'dokkerr');
    const risky = {
      apiVersion: 'dokkerr.io/v1alpha1',
      kind: 'Container',
      metadata: { name: 'risky' },
      spec: { image: 'example.invalid/none:latest', securityContext: { runAsNonRoot: false } },
    };
    const kubectl = await createKubectl(controlPlane.kubeconfigPath);
    const args = ['create', '--namespace', 'shop', '--dry-run=server', '--warnings-as-errors', '--filename', '-'];
    const said = async () => {
      const attempt = kubectl(args, JSON.stringify(risky));
      return attempt.then(
        () => '',
        (error: Error) => (error instanceof CommandError ? error.stderr : ''),
      );
    };
    await waitUntil('the policy to hold', async () => (await said()).includes('write a tag or a digest'), {
      timeoutMs: 20_000,
    });
    expect(await said()).toContain('spec.securityContext.runAsNonRoot is false');
  });
});

test('the API server takes the static YAML as a whole, with no field it does not know', async () => {
  const kubectl = await createKubectl(controlPlane.kubeconfigPath);
  const apply = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict'];
  const said = await kubectl([...apply, '--filename', 'config/install.yaml']);
  for (const object of ['deployment.apps/dokkerr', 'service/dokkerr-webhook', 'customresourcedefinition'])
    expect(said).toContain(object);
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
