// The catalogue agrees with the Go modules it names: a version changed in one place only would build something else.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BinaryGroup, type BinaryName, catalog, groupNames, groupOf } from './catalog.ts';

const modules = join(import.meta.dirname, '..');
const groups: readonly (readonly [string, BinaryGroup])[] = groupNames.map((name) => [name, catalog[name]]);

describe.each(groups)('group %s', (_name, group) => {
  it('builds every program from a package its go.mod declares as a tool', async () => {
    const goMod = await readFile(join(modules, group.module, 'go.mod'), 'utf8');
    for (const goPackage of Object.values(group.programs)) {
      expect(goMod).toMatch(new RegExp(`^(module |tool |\t)${goPackage.replaceAll('.', '\\.')}$`, 'm'));
    }
  });

  it('names the version that its go.mod pins', async () => {
    if (group.ownSource) return;
    const goMod = await readFile(join(modules, group.module, 'go.mod'), 'utf8');
    const [goPackage = ''] = Object.values(group.programs);
    const pinned = [...goMod.matchAll(/^\t(\S+) (v\S+)/gm)].filter(([, path]) => goPackage.startsWith(`${path}`));
    expect(pinned.map(([, , version]) => version)).toContain(group.moduleVersion ?? group.version);
  });

  it('has committed checksums of all it builds from', async () => {
    const goSum = await readFile(join(modules, group.module, 'go.sum'), 'utf8');
    expect(goSum).toMatch(/^\S+ v\S+ h1:/m);
  });
});

it('gives every program to exactly one group', () => {
  const programs = groups.flatMap(([, group]) => Object.keys(group.programs));
  expect(new Set(programs).size).toBe(programs.length);
  for (const program of programs) expect(catalog[groupOf(program as BinaryName)].programs).toHaveProperty(program);
});
