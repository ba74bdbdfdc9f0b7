import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { currentCluster, existingCluster } from './existing.ts';
import { kubeconfig } from './kubeconfig.ts';

const text = kubeconfig({
  clusterName: 'theirs',
  server: 'https://192.0.2.1:6443',
  ca: 'CA',
  userName: 'admin',
  cert: 'CERT',
  key: 'KEY',
});
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dokkerr-existing-'));
  await writeFile(join(dir, 'config'), text);
});
afterAll(() => rm(dir, { recursive: true }));

it('takes name and server from the current context', () => {
  expect(currentCluster(text, 'config')).toEqual({ name: 'theirs', server: 'https://192.0.2.1:6443' });
});

it('names the file that has no current context', () => {
  expect(() => currentCluster('apiVersion: v1', '/some/config')).toThrow('/some/config has no current context');
  expect(() => currentCluster('', '/some/config')).toThrow('/some/config has no current context');
});

it('says which kubeconfig is not there', async () => {
  await expect(existingCluster(join(dir, 'none'))).rejects.toThrow(`there is no kubeconfig ${join(dir, 'none')}`);
});

it('refuses what it cannot do to a cluster that is not ours', async () => {
  const cluster = await existingCluster(join(dir, 'config'));
  await expect(cluster.kill('etcd')).rejects.toThrow('cannot kill a program of an existing cluster');
  await expect(cluster.loadImage('x.tar')).rejects.toThrow('cannot load an image');
  await cluster.down();
});
