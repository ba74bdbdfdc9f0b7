/** The generated CRD on a real API server: established, explained, defaulted once and for all, and scaled. */
import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import type { Container } from '#crds/container.ts';
import { crdOf } from '#crds/generate/crd.ts';
import { specCase } from '#crds/generate/testing/arbitrary-schema.ts';
import { defineKind } from '#crds/kind.ts';
import { container, Kubectl } from './kubectl.ts';

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  return () => kubectl[Symbol.asyncDispose]();
});

const examples = (await readdir('examples')).filter((file) => /^container.*\.yaml$/.test(file));

test('is established and structural', async () => {
  const json = await kubectl.run(['get', 'crd', 'containers.dokkerr.io', '-o', 'json']);
  const { status } = JSON.parse(json) as { status: { conditions: { type: string; status: string }[] } };
  const conditions = Object.fromEntries(status.conditions.map(({ type, status }) => [type, status]));
  expect(conditions).toMatchObject({ NamesAccepted: 'True', Established: 'True' });
  expect(conditions).not.toHaveProperty('NonStructuralSchema');
});

describe.each(examples)('examples/%s', (file) => {
  test('is taken, and changes nothing when it is applied again', async () => {
    const apply = async () => {
      const json = await kubectl.inNamespace(['apply', '-f', `examples/${file}`, '-o', 'json']);
      return JSON.parse(json) as Container;
    };
    const first = await apply();
    const second = await apply();
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(second.metadata.generation).toBe(1);
  });
});

test('the operator sees every default filled in', async () => {
  const { spec } = await kubectl.apply<Container>(
    container({ volumes: [{ name: 'data', mountPath: '/data', claim: { size: '1Gi' } }] }),
  );
  expect(spec).toMatchObject({
    replicas: 1,
    suspend: false,
    ports: [{ protocol: 'TCP' }],
    network: { service: 'ClusterIP', hostnames: [], allowFrom: [], allowTo: [], isolate: false },
    update: { strategy: 'RollingUpdate' },
    volumes: [{ readOnly: false, claim: { accessModes: ['ReadWriteOnce'], deletionPolicy: 'Retain' } }],
  });
});

test.each([
  ['container.spec.volumes.claim.size', 'Raising it grows the live volume'],
  ['container.spec.network.isolate', 'DNS stays open'],
  ['container.spec.replicas', 'Each has claims of its own'],
  ['container.status.phase', 'machines read the conditions'],
])('kubectl explain %s is worth reading', async (path, sentence) => {
  const said = await kubectl.run(['explain', path]);
  expect(said.replaceAll(/\s+/g, ' ')).toContain(sentence);
});

test('kubectl get shows image, readiness, phase, endpoint and age', async () => {
  const applied = await kubectl.apply<Container>(container({}));
  const status = {
    ready: '1/1',
    phase: 'Running',
    endpoints: [{ type: 'ClusterIP', port: 'http', address: 'sample:8080' }],
  };
  const patch = ['--type=merge', '--subresource=status', '--patch', JSON.stringify({ status })];
  await kubectl.inNamespace(['patch', 'ctr', applied.metadata.name, ...patch]);
  const table = (await kubectl.inNamespace(['get', 'ctr', applied.metadata.name])).trim().split('\n');
  expect(table.map((line) => line.split(/ {2,}/).slice(1, 5))).toEqual([
    ['IMAGE', 'READY', 'PHASE', 'ENDPOINT'],
    ['localhost/notes:1.0', '1/1', 'Running', 'sample:8080'],
  ]);
});

test('kubectl scale sets the replicas, and no nonsense', async () => {
  const { metadata } = await kubectl.apply<Container>(container({ replicas: 2, disruption: { minAvailable: 2 } }));
  const scale = (replicas: number) => kubectl.inNamespace(['scale', `ctr/${metadata.name}`, `--replicas=${replicas}`]);
  await scale(3);
  const scaled = JSON.parse(await kubectl.inNamespace(['get', 'ctr', metadata.name, '-o', 'json'])) as Container;
  expect(scaled.spec.replicas).toBe(3);
  await expect(scale(1)).rejects.toThrow('minAvailable is above replicas');
});

test('two field managers own a port each', async () => {
  const name = 'shared';
  const applyAs = (manager: string, port: number) =>
    kubectl.apply<Container>(
      container({ ports: [{ name: manager, containerPort: port }] }, name),
      '--server-side',
      `--field-manager=${manager}`,
    );
  await applyAs('first', 80);
  const { spec } = await applyAs('second', 81);
  expect(spec.ports.map((port) => port.name)).toEqual(['first', 'second']);
});

test('what the generator accepts, the API server accepts', async () => {
  const samples = fc.sample(specCase, { numRuns: 30, seed: 1 });
  const items = samples.map(({ schema }, n) =>
    crdOf(
      defineKind({
        kind: `Sample${n}`,
        plural: `sample${n}s`,
        shortNames: [],
        description: 'A sample.',
        spec: schema,
        status: z.object({}),
        columns: [],
      }),
    ),
  );
  const said = await kubectl.run(['create', '--dry-run=server', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  expect(said.trim().split('\n')).toHaveLength(items.length);
});
