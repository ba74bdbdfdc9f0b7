import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '#cluster/command.ts';
import packageFile from '../package.json' with { type: 'json' };
import { layOutProgram } from './bundle.ts';

let root: string;
const inImage = (path: string) => join(root, 'usr/local', path);

// Outside the checkout, so that nothing of its node_modules can be found from there.
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dokkerr-program-'));
  await layOutProgram(root);
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

it('brings the very version of Node that the project is tested with', async () => {
  expect((await run(inImage('bin/node'), ['--version'])).trim()).toBe(`v${packageFile.engines.node}`);
});

it('builds elsewhere on the image of that version of Node', async () => {
  const dockerfile = await readFile(join(import.meta.dirname, '../Dockerfile'), 'utf8');
  expect(dockerfile).toContain(`ARG BUILDER=node:${packageFile.engines.node}-`);
});

it('runs without the packages it is made from', async () => {
  const said = await run(inImage('bin/node'), [inImage('bin/dokkerr'), 'version'], { env: {} });
  expect(said.trim()).toBe(packageFile.version);
});

it('loads every role without those packages, and refuses in one line what it cannot use', async () => {
  const start = run(inImage('bin/node'), [inImage('bin/dokkerr'), 'controller', '--kubeconfig', '/none'], { env: {} });
  await expect(start).rejects.toMatchObject({ exitCode: 2 });
});

it('is a plugin of kubectl too, which completes what is typed', async () => {
  const help = await run(inImage('bin/node'), [inImage('bin/kubectl-dokkerr'), '--help'], { env: {} });
  expect(help).toMatch(/^Usage: kubectl dokkerr /);
  const next = await run(inImage('bin/node'), [inImage('bin/kubectl_complete-dokkerr'), 'backup', 'cr'], { env: {} });
  expect(next).toMatch(/^create\t.*\n:4\n$/);
});

it('starts by its own Node, without a shell or env', async () => {
  expect(await readFile(inImage('bin/dokkerr'), 'utf8')).toMatch(/^#!\/usr\/local\/bin\/node --[^ ]+\n/);
});

it('keeps the text of every file to one byte a character, for V8 holds all of it', async () => {
  const folder = inImage('lib/dokkerr');
  const texts = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')));
  expect(texts.filter((text) => /[^\0-\xff]/.test(text))).toEqual([]);
});
