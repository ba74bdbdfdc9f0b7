/** An operator that cannot work says why and what to do, in one line, and ends with an exit code of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { createKubectl, type Kubectl } from '#cluster/kubectl.ts';
import { installKinds } from '#test/operator/install.ts';

let controlPlane: ControlPlane;
let kubectl: Kubectl;
let folder: string;
beforeAll(async () => {
  controlPlane = await startControlPlane();
  kubectl = await createKubectl(controlPlane.kubeconfigPath);
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-start-'));
});
afterAll(async () => {
  await controlPlane.down();
  await rm(folder, { recursive: true });
});

/** Runs the operator to its end. */
function run(args: readonly string[], role = 'controller'): Promise<{ code: number | string; lines: string[] }> {
  return new Promise((resolve) => {
    const command = ['src/main.ts', role, '--listen', '127.0.0.1:0', '--log-format', 'json', ...args];
    execFile(process.execPath, command, { timeout: 60_000 }, (error, stdout, stderr) => {
      const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
      resolve({ code: error === null ? 0 : (error.code ?? 'killed'), lines });
    });
  });
}

/** Its exit code and the one line it ended with; what it says of its progress does not count. */
async function lastWords(args: readonly string[], role?: string): Promise<{ code: number | string; words: string }> {
  const { code, lines } = await run(args, role);
  const [words = '', ...more] = lines.filter((line) => !line.includes('"level":"info"')).map(wordsOf);
  expect(more).toEqual([]);
  return { code, words };
}

/** The message of a line of log, or the line where it is none. */
function wordsOf(line: string): string {
  if (!line.startsWith('{')) return line;
  const { msg } = JSON.parse(line) as { msg: string };
  return msg;
}

/** A kubeconfig like the administrator's with something else in it. */
async function kubeconfig(name: string, change: (text: string) => string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, change(await kubectl(['config', 'view', '--raw'])));
  return path;
}

describe('the operator ends with code 2 and one line of cause and cure', () => {
  test('when nothing answers at the address of the cluster', async () => {
    const path = await kubeconfig('nobody', (text) => text.replace(/server: .*/, 'server: https://127.0.0.1:1'));
    const { code, words } = await lastWords(['--kubeconfig', path]);
    expect(code).toBe(2);
    expect(words).toContain('https://127.0.0.1:1');
  });

  test('when the kubeconfig is not there', async () => {
    const { code, words } = await lastWords(['--kubeconfig', '/nowhere/config']);
    expect(code).toBe(2);
    expect(words).toContain('/nowhere/config');
  });

  test('when the kubeconfig is no kubeconfig', async () => {
    const path = await kubeconfig('broken', () => 'clusters: [');
    const { code, words } = await lastWords(['--kubeconfig', path]);
    expect(code).toBe(2);
    expect(words).toContain(path);
  });

  test('when the kubeconfig has no such context', async () => {
    const { code, words } = await lastWords(['--kubeconfig', controlPlane.kubeconfigPath, '--context', 'elsewhere']);
    expect(code).toBe(2);
    expect(words).toMatch(/elsewhere/);
  });

  test('when the cluster does not accept the credentials', async () => {
    const path = await accountConfig('stranger', 'no-token-of-anybody');
    const { code, words } = await lastWords(['--kubeconfig', path]);
    expect(code).toBe(2);
    expect(words).toMatch(/credentials|unauthorized/i);
  });

  test('when a flag is wrong', async () => {
    const { code, words } = await lastWords(['--concurrency', 'many']);
    expect(code).toBe(2);
    expect(words).toContain('--concurrency "many": write a whole number');
  });

  test('when the custom resource definitions are not installed, and then when its account may do nothing', async () => {
    const uninstalled = await lastWords(['--kubeconfig', controlPlane.kubeconfigPath]);
    expect(uninstalled.code).toBe(2);
    expect(uninstalled.words).toMatch(/does not know Container .*kubectl apply .*config\/crd/);
    await installKinds(kubectl);
    await kubectl(['create', 'serviceaccount', 'nobody']);
    const token = await kubectl(['create', 'token', 'nobody']);
    const forbidden = await lastWords(['--kubeconfig', await accountConfig('nobody', token)]);
    expect(forbidden.code).toBe(2);
    expect(forbidden.words).toMatch(/may not .* \(and \d+ more permissions\); grant its role: kubectl apply/);
    const webhook = ['--webhook-listen', '127.0.0.1:0', '--kubeconfig', join(folder, 'nobody')];
    const admitting = await lastWords(webhook, 'webhook');
    expect(admitting.code).toBe(2);
    expect(admitting.words).toMatch(
      /may not create secrets \(and \d+ more permissions\); grant its role: kubectl apply/,
    );
  });
});

/** The cluster's kubeconfig with a bearer token for the administrator's certificate. */
function accountConfig(name: string, token: string): Promise<string> {
  return kubeconfig(name, (text) =>
    text.replace(/client-certificate-data: .*/, `token: ${token}`).replace(/\n\s*client-key-data: .*/, ''),
  );
}
