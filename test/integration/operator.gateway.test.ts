/** A Container that waits for the Gateway API goes on by itself once somebody installs it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { containerController } from '#controllers/container/controller.ts';
import { Container } from '#crds/container.ts';
import { CustomResourceDefinition, HTTPRoute } from '#runtime/client/kinds.ts';
import { type Clock, systemClock } from '#runtime/clock.ts';
import { wantedContainer } from '#test/fixtures/webhooks.ts';
import { runOperator } from './controller/operator.ts';
import { HollowCluster } from './operator/hollow-cluster.ts';

const minute = 60_000;
/** What happens once a minute happens once a second. */
const hurried: Clock = {
  ...systemClock,
  after: (ms, run) => systemClock.after(ms === minute ? ms / 60 : ms, run),
};
const key = { namespace: 'default', name: 'shown' };

let cluster: HollowCluster;
beforeAll(async () => {
  cluster = await HollowCluster.start();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const names = { kind: HTTPRoute.kind, plural: HTTPRoute.plural, singular: 'httproute' };

/** The kind as the Gateway API names it, with any content. */
const gatewayApi = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: CustomResourceDefinition.kind,
  metadata: {
    name: `${HTTPRoute.plural}.${HTTPRoute.group}`,
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api' },
  },
  spec: {
    group: HTTPRoute.group,
    scope: 'Namespaced',
    names,
    versions: [{ name: HTTPRoute.version, served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  },
};

test('it says what it waits for, and makes its route when the kind is there', async () => {
  await using _operator = await runOperator(cluster.kubeconfigPath, containerController, { clock: hurried });
  const network = { hostnames: ['shown.example.com'], gatewayRef: { name: 'front' } };
  const ports = [{ name: 'http', containerPort: 8080 }];
  await cluster.client.create(Container, wantedContainer(key.namespace, key.name, { ports, network }));
  const reason = async () => {
    const { status } = (await cluster.client.get(Container, key)) ?? {};
    return status?.conditions?.find(({ type }) => type === 'NetworkConfigured')?.reason;
  };
  await waitUntil('the condition', async () => (await reason()) === 'GatewayAPIMissing', { timeoutMs: 20_000 });
  await cluster.client.apply(CustomResourceDefinition, gatewayApi as unknown as CustomResourceDefinition);
  const isRouted = async () => (await cluster.client.get(HTTPRoute, key)) !== undefined;
  await waitUntil('the route', isRouted, { timeoutMs: 20_000 });
  await waitUntil('the condition to go', async () => (await reason()) !== 'GatewayAPIMissing', { timeoutMs: 20_000 });
  expect(await isRouted()).toBe(true);
});
