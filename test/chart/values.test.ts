import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { chartFolder, refusal, render } from './release.ts';

const wrong: readonly { readonly name: string; readonly values: object; readonly says: readonly string[] }[] = [
  { name: 'an unknown field', values: { replicaCount: 3 }, says: ["'replicaCount' not allowed"] },
  { name: 'a misspelt field', values: { image: { repo: 'x' } }, says: ["at '/image'", "'repo' not allowed"] },
  { name: 'a number as text', values: { replicas: 'two' }, says: ["at '/replicas'", 'want integer'] },
  { name: 'a negative count', values: { replicas: -1 }, says: ["at '/replicas'", 'minimum'] },
  { name: 'a bad namespace', values: { namespaces: ['Shop'] }, says: ["at '/namespaces/0'", "'Shop'"] },
  { name: 'namespaces in one text', values: { namespaces: 'a,b' }, says: ["at '/namespaces'", 'want array'] },
  { name: 'a time without unit', values: { stopTimeout: '20' }, says: ["at '/stopTimeout'"] },
  { name: 'an unknown level', values: { log: { level: 'trace' } }, says: ["at '/log/level'", "'debug'"] },
  { name: 'half a digest', values: { image: { digest: 'sha256:abc' } }, says: ["at '/image/digest'"] },
  { name: 'a privileged port', values: { metrics: { port: 80 } }, says: ["at '/metrics/port'", 'minimum'] },
  {
    name: 'replicas that all act',
    values: { replicas: 2, leaderElection: { enabled: false } },
    says: ['set replicas to 1, or leaderElection.enabled to true'],
  },
  {
    name: 'a ServiceMonitor without Service',
    values: { metrics: { service: { enabled: false }, serviceMonitor: { enabled: true } } },
    says: ['set metrics.service.enabled to true'],
  },
  {
    name: 'two monitors',
    values: { metrics: { podMonitor: { enabled: true }, serviceMonitor: { enabled: true } } },
    says: ['every figure would count twice'],
  },
  {
    name: 'an unknown failurePolicy',
    values: { webhook: { failurePolicy: 'ignore' } },
    says: ["at '/webhook/failurePolicy'", "'Ignore'"],
  },
  {
    name: 'an issuer without name',
    values: { webhook: { certManager: { enabled: true, issuerRef: { kind: 'ClusterIssuer' } } } },
    says: ["at '/webhook/certManager/issuerRef'", 'name'],
  },
  {
    name: 'one port for two servers',
    values: { webhook: { port: 8080 } },
    says: ['webhook.port and metrics.port are both 8080'],
  },
  {
    name: 'roles for nobody’s account',
    values: { serviceAccount: { create: false } },
    says: ['name the operator’s account'.replace('’', "'")],
  },
];

test.each(wrong)('$name is refused with a message that names it', async ({ values, says }) => {
  const message = await refusal(values);
  for (const words of says) expect(message).toContain(words);
});

test('a parent chart may pass its globals', async () => {
  await expect(render({ global: { region: 'north' } })).resolves.not.toEqual([]);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

test('values and schema name the same fields, and helm show values explains each', async () => {
  const schema = JSON.parse(await readFile(`${chartFolder}/values.schema.json`, 'utf8')) as Schema;
  const { contents } = parseDocument(await readFile(`${chartFolder}/values.yaml`, 'utf8'));
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  const { global: _, ...properties } = schema.properties ?? {};
  compare(contents, { ...schema, properties }, 'values');
});

/** Only fields the schema lists: what is below a free-form one is Kubernetes' to explain. */
function compare(map: YAMLMap, { properties = {} }: Schema, path: string): void {
  const fields = new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]));
  expect([...fields.keys()].toSorted(), path).toEqual(Object.keys(properties).toSorted());
  for (const [name, { key, value }] of fields) {
    const inner = properties[name];
    // One that comes empty is for whoever installs to fill.
    if (isMap(value) && value.items.length > 0 && inner?.properties !== undefined)
      compare(value, inner, `${path}.${name}`);
    // A comment above the first field of a map belongs to the map.
    else
      expect((isScalar(key) ? key.commentBefore : undefined) ?? map.commentBefore, `${path}.${name}`).toContain('--');
  }
}
