import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { run } from '#cluster/command.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { chartFolder, ofKind, only, render } from './release.ts';

const everything = {
  metrics: { podMonitor: { enabled: true } },
  prometheusRule: { enabled: true },
  grafanaDashboard: { enabled: true },
  networkPolicy: { enabled: true },
};

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
  for (const { kind, metadata } of objects.filter((object) => object.kind !== 'CustomResourceDefinition')) {
    expect(metadata.name).toContain('blue-dokkerr');
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/instance': 'blue-dokkerr' });
    if (!kind.startsWith('Cluster')) expect(metadata.namespace).toBe('team-blue');
  }
  expect(JSON.stringify(objects)).not.toContain('dokkerr-system');
});

test('a release name as long as Helm allows makes names the cluster accepts', async () => {
  const objects = await render(everything, { name: 'r'.repeat(53), namespace: 'n'.repeat(63) });
  for (const { kind, metadata } of objects)
    if (!kind.startsWith('Cluster')) expect(metadata.name.length).toBeLessThanOrEqual(63);
});

test('the definitions upgrade with the chart, and stay when the release goes', async () => {
  const [crd] = ofKind<KubernetesObject>(await render(), 'CustomResourceDefinition');
  expect(crd?.metadata.annotations).toEqual({
    'helm.sh/resource-policy': 'keep',
    'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  });
  expect(crd?.metadata.name).toBe('containers.dokkerr.io');
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
  expect(only(services, 'Service').metadata.labels).toMatchObject(selected);
});

test('a NetworkPolicy lets in the metrics port, from whom it is told', async () => {
  const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }];
  expect(only(await render({ networkPolicy: { enabled: true, from } }), 'NetworkPolicy')).toMatchObject({
    spec: { policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 'http' }], from }] },
  });
});
