/** Admission by the program itself: by `dokkerr webhook`, and by a controller that has its hands full. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { Container, type ContainerSpecInput } from '#crds/container.ts';
import { Service } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { exitCodes } from '#runtime/manager/process.ts';
import { wantedContainer } from '#test/fixtures/webhooks.ts';
import { type OperatorProcess, startOperator } from '#test/operator/process.ts';
import { buildWebhookConfiguration } from '#webhooks/configuration.ts';
import { ValidatingWebhookConfiguration } from '#webhooks/kinds.ts';
import { validatingWebhooks } from '#webhooks/webhooks.ts';
import { HollowCluster } from './operator/hollow-cluster.ts';

/** Outside a pod the operator's own namespace is that of its kubeconfig. */
const own = 'default';
const service = 'dokkerr-webhook';
const listen = ['--webhook-listen', '127.0.0.1:0'];

let cluster: HollowCluster;
let client: Client;
let shop: string;
beforeAll(async () => {
  cluster = await HollowCluster.start();
  ({ client } = cluster);
  shop = await cluster.createNamespace('shop');
});
afterAll(() => cluster[Symbol.asyncDispose]());

const start = (options: { role?: 'webhook'; args?: readonly string[] }) =>
  startOperator({ ...options, kubeconfigPath: cluster.kubeconfigPath });

/** Has the API server call that process for every Container, and refuse what is not answered. */
async function register({ log }: OperatorProcess): Promise<void> {
  const port = Number(log.find(({ msg }) => msg === 'serving webhooks')?.port);
  const metadata = { namespace: own, name: service };
  // A name that leads to this machine: the API server finds no pods behind Services here.
  const spec = { type: 'ExternalName', externalName: '127.0.0.1' } as const;
  await client.apply(Service, { apiVersion: 'v1', kind: 'Service', metadata, spec });
  const configuration = buildWebhookConfiguration({
    name: 'dokkerr',
    namespace: own,
    endpoint: { service, port },
    webhooks: validatingWebhooks,
    failurePolicy: 'Fail',
  });
  await client.apply(ValidatingWebhookConfiguration, configuration);
  await waitUntil('the webhook to be called', () => isAdmitted('probe'), { timeoutMs: 30_000 });
}

const create = (name: string, spec: Partial<ContainerSpecInput> = {}, dryRun = false) =>
  client.create(Container, wantedContainer(shop, name, spec), { dryRun });

const isAdmitted = async (name: string) => (await create(name, {}, true)).kind === Container.kind;

const metricOf = async ({ url }: OperatorProcess, series: string) => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
};

test('dokkerr webhook serves admission and nothing else, is probed and measured, and ends as asked', async () => {
  await using webhook = await start({ role: 'webhook', args: listen });
  await register(webhook);
  const readiness = await (await fetch(`${webhook.url}/readyz`)).text();
  expect(readiness).toContain('[+] webhook-certificate ok');
  expect(readiness).not.toContain('controller');
  const allowed = 'dokkerr_webhook_reviews_total{webhook="/validate/containers",result="allowed"}';
  const before = (await metricOf(webhook, allowed)) ?? 0;
  expect(await isAdmitted('plain')).toBe(true);
  expect(await metricOf(webhook, allowed)).toBe(before + 1);
  expect(await metricOf(webhook, 'dokkerr_webhook_certificate_expiry_timestamp_seconds')).toBeGreaterThan(
    Date.now() / 1000,
  );
  expect(await webhook.stop()).toBe(exitCodes.ok);
});

test('a controller with hundreds of objects in hand answers every review in time', async () => {
  const containers = 300;
  const atOnce = 20;
  await using operator = await start({ args: [...listen, '--concurrency', '50'] });
  await register(operator);
  const spec = { ports: [{ name: 'http', containerPort: 8080 }], network: { isolate: true } };
  let made = 0;
  // Under failurePolicy Fail a review that takes longer than five seconds is a creation that fails.
  const createOneByOne = async () => {
    while (made < containers) await create(`busy-${made++}`, spec);
  };
  await Promise.all(Array.from({ length: atOnce }, createOneByOne));
  const unchecked = ['claim-names', 'claim-growth', 'existing-claims', 'quota'].map((rule) =>
    metricOf(operator, `dokkerr_webhook_unchecked_rules_total{webhook="/validate/containers",rule="${rule}"}`),
  );
  expect(await Promise.all(unchecked)).toEqual([0, 0, 0, 0]);
  expect(await operator.stop()).toBe(exitCodes.ok);
});
