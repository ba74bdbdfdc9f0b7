/** An installation's life around Containers that live on: upgraded, uninstalled, installed again, divided among two releases. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { auditedRequests, refusedTo, writesOf } from '#test/audit.ts';
import { startTraffic } from '#test/fixtures/traffic.ts';
import {
  installRelease,
  type Release,
  selectorOf,
  untilServing,
  userOf,
  usualRelease,
} from '#test/operator/release.ts';
import { keptNotes, notes } from '../e2e/notes.ts';
import { Sandbox } from '../e2e/sandbox.ts';
import { type Block, blocksOf, Reader } from './documented.ts';
import { livesOf, operatorPods } from './pods.ts';
import { newField, writePreviousChart } from './previous-chart.ts';
import { cleanSlate, type Slate } from './slate.ts';

const names = ['web', 'data'];
const inOwnNamespace = ['--namespace', usualRelease.namespace];
let slate: Slate;
let sandbox: Sandbox;
let reader: Reader;
let previous: string;
let folder: string;
/** The pods of all Containers, which nothing in this file gives a reason to touch. */
let lives: string[];

beforeAll(async () => {
  slate = await cleanSlate();
  const [, otherTag] = inject('imageTags');
  previous = await writePreviousChart(otherTag);
  await installRelease(slate, usualRelease, { chart: previous });
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-reader-'));
  reader = await Reader.at(folder, inject('kubeconfig'));
  sandbox = await Sandbox.open('upgrade');
  await sandbox.declare('web', notes({ replicas: 2 }));
  await sandbox.declare('data', keptNotes());
  await Promise.all(names.map((name) => sandbox.ready(name)));
  lives = livesNow();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await Promise.all([previous, folder].map((path) => rm(path, { recursive: true, force: true })));
});

const livesNow = () => names.flatMap((name) => livesOf(sandbox.pods(name)));

async function guide(heading: string): Promise<Block> {
  const [first] = await blocksOf('docs/install.md', heading);
  if (first === undefined) throw new Error('the guide has changed');
  return first;
}

/** Whether it can be declared at all, judged by the API server. */
const dryRun = (spec: object) => {
  const container = { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Container', metadata: { name: 'dry' }, spec };
  return sandbox.kubectl(['create', '--dry-run=server', '--filename', '-'], JSON.stringify(container));
};

test('an upgrade brings definitions and program of the new version, and touches no pod of a Container', async () => {
  const spec = { image: 'localhost/notes:1.0', [newField]: '/data' };
  await expect(dryRun(spec)).rejects.toThrow(newField);
  const stop = startTraffic(await sandbox.url('web'), { versionOf: (body) => body.split(' ')[1] ?? '' });
  await reader.follow(await guide('Upgrade'));
  await untilServing(slate.kubectl, usualRelease);
  await dryRun(spec);
  const [tag] = inject('imageTags');
  const images = (await operatorPods(slate.kubectl, usualRelease)).map((pod) => pod.spec.containers[0]?.image);
  expect(new Set(images)).toEqual(new Set([`localhost/dokkerr:${tag}`]));
  await sandbox.declare('after', notes({ suspend: true }));
  await sandbox.ready('after');
  expect((await stop()).failures).toEqual([]);
  expect(livesNow()).toEqual(lives);
});

test('an uninstall leaves definitions, Containers, data and pods, which go on answering, and is no error to the operator', async () => {
  const stop = startTraffic(await sandbox.url('web'), { versionOf: (body) => body.split(' ')[1] ?? '' });
  const { kubectl } = slate;
  const logged = kubectl(['logs', '--follow', '--selector', selectorOf(usualRelease), '--tail=-1', ...inOwnNamespace]);
  await reader.follow(await guide('Uninstall'));
  const ofLease = (await logged).split('\n').filter((line) => /the lease (back|could not)/.test(line));
  expect(ofLease).not.toEqual([]);
  expect(ofLease.filter((line) => !line.includes('"level":"info"'))).toEqual([]);
  await kubectl(['wait', '--for=delete', 'pods', '--all', '--namespace', usualRelease.namespace, '--timeout=60s']);
  await sandbox.declare('orphan', notes({ suspend: true }));
  expect((await stop()).failures).toEqual([]);
  expect(livesNow()).toEqual(lives);
  expect(sandbox.get(PersistentVolumeClaim, 'data-data-0')?.status?.phase).toBe('Bound');
  const kept = await sandbox.kubectl(['get', 'containers', '--output', 'name']);
  expect(kept.split('\n')).toEqual(expect.arrayContaining(names.map((name) => `container.dokkerr.io/${name}`)));
  expect(sandbox.get(Container, 'orphan')?.status).toBeUndefined();
});

test('a new install takes over what is there without a restart, and does what was declared while it was away', async () => {
  await reader.follow(await guide('Install'));
  await sandbox.ready('orphan');
  await Promise.all(names.map((name) => sandbox.ready(name)));
  expect(livesNow()).toEqual(lives);
});

test('two releases of different names each serve their own namespace, and ask for nothing outside it', async () => {
  await using other = await Sandbox.open('blue');
  const blue: Release = { name: 'blue', namespace: 'team-blue' };
  await slate.helm(['uninstall', usualRelease.name, '--namespace', usualRelease.namespace]);
  // A pod that served all namespaces would be refused them as it goes.
  await slate.kubectl(['wait', '--for=delete', 'pods', '--all', '--namespace', usualRelease.namespace]);
  const since = Date.now();
  await Promise.all([
    installRelease(slate, usualRelease, { values: { namespaces: [sandbox.namespace] } }),
    installRelease(slate, blue, { values: { namespaces: [other.namespace], crds: { install: false } } }),
  ]);
  await Promise.all([sandbox.declare('mine', notes()), other.declare('theirs', notes())]);
  await Promise.all([sandbox.ready('mine'), other.ready('theirs')]);
  const audit = slate.cluster.auditLogPath ?? '';
  for (const [release, served] of [
    [usualRelease, sandbox.namespace],
    [blue, other.namespace],
  ] as const) {
    const requests = (await auditedRequests(audit, { user: userOf(release) })).filter(({ at }) => at >= since);
    expect(refusedTo(requests)).toEqual([]);
    const places = new Set(writesOf(requests).flatMap(({ namespace = [] }) => namespace));
    expect([...places].filter((namespace) => namespace !== served && namespace !== release.namespace)).toEqual([]);
    expect(places).toContain(served);
  }
  await slate.helm(['uninstall', blue.name, '--namespace', blue.namespace]);
  expect(livesNow()).toEqual(lives);
  await slate.kubectl(['wait', '--for=condition=Established', 'crd/containers.dokkerr.io', '--timeout=5s']);
});
