/** The documentation followed word for word on a cluster that knows nothing of Dokkerr, from the first command to the last. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Pod } from '#runtime/client/kinds.ts';
import { selectorOf, untilServing, usualRelease } from '#test/operator/release.ts';
import { blocksOf, Reader } from './documented.ts';
import { livesOf } from './pods.ts';
import { cleanSlate, type Slate } from './slate.ts';

const guide = 'docs/install.md';
let slate: Slate;
let folder: string;
let reader: Reader;
beforeAll(async () => {
  slate = await cleanSlate();
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-reader-'));
  reader = await Reader.at(folder, inject('kubeconfig'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function notesPods(): Promise<Pod[]> {
  const { items } = await slate.kubectl.json<{ items: Pod[] }>(['get', 'pods', '--selector', 'dokkerr.io/container']);
  return items;
}

test('the README installs the operator, and its first Container runs', async () => {
  const [install, container, declare, ...more] = await blocksOf('README.md', 'Install');
  if (install === undefined || container === undefined || declare === undefined)
    throw new Error('README.md has changed');
  expect(more).toEqual([]);
  await reader.follow(install);
  expect(await readdir(join(folder, 'dist'))).toHaveLength(2);
  await reader.save('notes.yaml', container);
  const said = await reader.follow(declare);
  expect(said).toContain('container.dokkerr.io/notes condition met');
  expect(said).toMatch(/^notes .*Running/m);
});

test('the guide installs over it, holds it to Pod Security, and upgrades it, and no pod of the Container notices', async () => {
  const before = livesOf(await notesPods());
  expect(before).toHaveLength(1);
  const [install, ...others] = await blocksOf(guide, 'Install');
  const restrict = others.find(({ text }) => text.includes('pod-security.kubernetes.io/enforce=restricted'));
  const [upgrade] = await blocksOf(guide, 'Upgrade');
  if (install === undefined || restrict === undefined || upgrade === undefined) throw new Error(`${guide} has changed`);
  expect(await reader.follow(install)).toContain('successfully rolled out');
  await reader.follow(restrict);
  await slate.kubectl(['delete', 'pods', '--all', '--namespace', usualRelease.namespace, '--wait=false']);
  await reader.follow(upgrade);
  await untilServing(slate.kubectl, usualRelease);
  expect(livesOf(await notesPods())).toEqual(before);
});

test('what the guide says removes everything leaves nothing but the claims', async () => {
  const [, removal] = await blocksOf(guide, 'Uninstall');
  if (removal === undefined) throw new Error(`${guide} has changed`);
  await reader.follow(removal);
  // Pods have their time to end, and nothing that the guide says waits for them.
  const gone = ['wait', '--for=delete', 'pods', '--timeout=60s', '--selector'];
  await slate.kubectl([...gone, 'dokkerr.io/container']);
  await slate.kubectl([...gone, selectorOf(usualRelease), '--namespace', usualRelease.namespace]);
  const names = ['get', 'clusterroles,clusterrolebindings,customresourcedefinitions', '--output', 'name'];
  const left = [
    await slate.kubectl(names),
    await slate.kubectl(['get', 'all', '-n', usualRelease.namespace, '-o', 'name']),
  ];
  expect(left.join('\n').match(/.*dokkerr.*/g) ?? []).toEqual([]);
  expect(await slate.kubectl(['get', 'persistentvolumeclaims', '--output', 'name'])).toBe(
    'persistentvolumeclaim/data-notes-0',
  );
});
