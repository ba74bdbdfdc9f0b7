import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { run } from '#cluster/command.ts';
import type { NetworkPolicy, Service } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { chartFolder, isOfCluster, ofKind, only, render } from './release.ts';

const everything = {
  webhook: { certManager: { enabled: true } },
  metrics: { podMonitor: { enabled: true } },
  prometheusRule: { enabled: true },
  grafanaDashboard: { enabled: true },
  networkPolicy: { enabled: true },
};

/** Services are names in DNS; other names are whole domains. */
const longest = ({ kind }: KubernetesObject) => (kind === 'Service' ? 63 : 253);

test('helm lint has nothing to say against the chart', async () => {
  const said = await run(inject('helm'), ['lint', '--strict', chartFolder]);
  expect(said).toContain('0 chart(s) failed');
});

test('the version of the chart is that of the program', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const chart = await run(inject('helm'), ['show', 'chart', chartFolder]);
  expect(chart).toContain(`\nversion: ${version}\n`);
  expect(chart).toContain(`appVersion: ${version}\n`);
});

test('two releases in two namespaces share no object but the definitions', async () => {
  const names = async (name: string, namespace: string) => {
    const objects = await render(everything, { name, namespace });
    const own = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
    return own.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  };
  const here = await names('dokkerr', 'dokkerr-system');
  expect(new Set(here).size).toBe(here.length);
  for (const other of [await names('blue', 'team-blue'), await names('dokkerr', 'other')])
    expect(here.filter((name) => other.includes(name))).toEqual([]);
});

test('everything in a namespace is in that of the release, under its name, with labels that tell it from others', async () => {
  const objects = await render(everything, { name: 'blue', namespace: 'team-blue' });
  for (const object of objects.filter(({ kind }) => kind !== 'CustomResourceDefinition')) {
    const { metadata } = object;
    expect(metadata.name).toContain('blue-dokkerr');
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/instance': 'blue-dokkerr' });
    expect(metadata.namespace).toBe(isOfCluster(object) ? undefined : 'team-blue');
  }
  expect(JSON.stringify(objects)).not.toContain('dokkerr-system');
});

test('a release name as long as Helm allows makes names the cluster accepts', async () => {
  const objects = await render(everything, { name: 'r'.repeat(53), namespace: 'n'.repeat(63) });
  for (const object of objects) expect(object.metadata.name.length).toBeLessThanOrEqual(longest(object));
});

test('the definitions upgrade with the chart, and stay when the release goes', async () => {
  const crds = ofKind<KubernetesObject>(await render(), 'CustomResourceDefinition');
  for (const { metadata } of crds)
    expect(metadata.annotations).toEqual({
      'helm.sh/resource-policy': 'keep',
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
    });
  expect(crds.map(({ metadata }) => metadata.name)).toContain('containers.dokkerr.io');
});

test('with crds.install false the chart leaves the definitions to others', async () => {
  expect(ofKind(await render({ crds: { install: false } }), 'CustomResourceDefinition')).toEqual([]);
});

test('nothing needs the kinds of prometheus-operator unless asked for', async () => {
  const objects = await render();
  expect(objects.filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com'))).toEqual([]);
});

test('each monitor selects the metrics port of these pods or of their Service alone', async () => {
  type Monitor = KubernetesObject & { spec: { selector: { matchLabels: Record<string, string> } } };
  const selected = {
    'app.kubernetes.io/name': 'dokkerr',
    'app.kubernetes.io/instance': 'dokkerr',
  };
  const pods = await render({ metrics: { podMonitor: { enabled: true, labels: { release: 'prometheus' } } } });
  expect(only<Monitor>(pods, 'PodMonitor')).toMatchObject({
    metadata: { labels: { release: 'prometheus' } },
    spec: { selector: { matchLabels: selected }, podMetricsEndpoints: [{ port: 'http', path: '/metrics' }] },
  });
  const services = await render({ metrics: { serviceMonitor: { enabled: true } } });
  expect(only<Monitor>(services, 'ServiceMonitor').spec.selector.matchLabels).toEqual(selected);
  const offering = ofKind<Service>(services, 'Service').filter(({ spec }) => spec?.ports?.[0]?.name === 'http');
  expect(offering).toMatchObject([{ metadata: { name: 'dokkerr-metrics', labels: selected } }]);
});

test('a NetworkPolicy lets in the metrics port from whom it is told, and the webhook’s from API servers, which no rule could name', async () => {
  const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }];
  expect(only(await render({ networkPolicy: { enabled: true, from } }), 'NetworkPolicy')).toMatchObject({
    spec: {
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'http' }], from }, { ports: [{ port: 'webhook' }] }],
    },
  });
  const without = await render({ networkPolicy: { enabled: true, from }, webhook: { enabled: false } });
  expect(only<NetworkPolicy>(without, 'NetworkPolicy').spec.ingress).toHaveLength(1);
});
