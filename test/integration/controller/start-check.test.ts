/** The check before the start, against a real API server: what is missing is named in one line, with its cure. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createClient } from '#runtime/client/client.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { resolveCredentials } from '#runtime/client/credentials.ts';
import { createTransport } from '#runtime/client/transport.ts';
import { policyRules } from '#runtime/controller/rbac.ts';
import { checkStart } from '#runtime/manager/start-check.ts';
import { installWidgets, Widget, widgetController } from './widget.ts';

const kubeconfig = inject('kubeconfig');
const check = {
  kinds: [Widget],
  grants: [{ namespace: 'default', rules: policyRules([widgetController()]) }],
  installKinds: 'kubectl apply -f crds',
  grantRules: 'kubectl apply -f roles',
};
let cluster: ClusterConnection;

beforeAll(async () => {
  cluster = await connectCluster({ kubeconfig });
  await installWidgets(cluster.client);
});
afterAll(() => cluster.transport.close());

describe('the check before the start', () => {
  test('passes when the kinds are installed and the account may do everything', async () => {
    await expect(checkStart(cluster.client, check)).resolves.toBeUndefined();
  });

  test('names every kind that is not installed, and how to install it', async () => {
    const absent = { ...Widget, kind: 'Gadget', plural: 'gadgets' };
    const elsewhere = { ...absent, group: 'absent.example.com' };
    await expect(checkStart(cluster.client, { ...check, kinds: [Widget, absent, elsewhere] })).rejects.toMatchObject({
      code: 'DKR_CRD_MISSING',
      message:
        'the cluster does not know Gadget (test.dokkerr.io/v1), Gadget (absent.example.com/v1); ' +
        'install the custom resource definitions: kubectl apply -f crds',
    });
  });

  test('names a namespace that does not exist', async () => {
    const grants = [
      { namespace: 'default', flag: '--namespaces', rules: [] },
      { namespace: 'nowhere', flag: '--namespaces', rules: [] },
    ];
    await expect(checkStart(cluster.client, { ...check, grants })).rejects.toMatchObject({
      code: 'DKR_CONFIG_INVALID',
      message: 'namespace nowhere does not exist; create it, or correct --namespaces',
    });
  });

  test('names a permission that is missing, and how to grant it', async () => {
    const admin = resolveCredentials({ kubeconfig });
    const current = await admin.current();
    const headers = { ...current.headers, 'impersonate-user': 'nobody', 'impersonate-group': 'system:authenticated' };
    const impersonated = { ...current, headers };
    const transport = createTransport({ ...admin, current: () => impersonated, renew: async () => impersonated });
    await expect(checkStart(createClient(transport), check)).rejects.toMatchObject({
      code: 'DKR_API_FORBIDDEN',
      message: expect.stringMatching(
        /^the operator's account may not get configmaps \(and \d+ more permissions\); grant its role: kubectl apply -f roles$/,
      ) as string,
    });
    await transport.close();
  });
});
