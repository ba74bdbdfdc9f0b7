import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generators } from './generators.ts';
import { type Generator, marker } from './registry.ts';
import { findStale, refresh, shortDiff } from './stale.ts';

const content = `# ${marker}\nlines:\n- one\n- two\n`;
const generator: Generator = {
  name: 'sample',
  folder: 'out',
  generate: () => Promise.resolve([{ path: 'out/made.yaml', content }]),
};

describe('generated files', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dokkerr-generate-'));
    await mkdir(join(root, 'out'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const paths = async () => (await findStale(root, generator)).map(({ path }) => path);
  const refreshAll = async () => {
    for (const file of await findStale(root, generator)) await refresh(root, file);
  };

  test('are stale when missing, and current once refreshed', async () => {
    expect(await paths()).toEqual(['out/made.yaml']);
    await refreshAll();
    expect(await readFile(join(root, 'out/made.yaml'), 'utf8')).toBe(content);
    expect(await paths()).toEqual([]);
  });

  test('are stale when edited, and the difference is shown', async () => {
    await writeFile(join(root, 'out/made.yaml'), content.replace('- one', '- once'));
    const [file] = await findStale(root, generator);
    expect(file && shortDiff(file)).toBe('  - - once\n  + - one');
  });

  test('that nothing makes any more are removed', async () => {
    await refreshAll();
    await writeFile(join(root, 'out/former.yaml'), `# ${marker}\n`);
    expect(await paths()).toEqual(['out/former.yaml']);
    await refreshAll();
    expect(await paths()).toEqual([]);
  });

  test("beside somebody's own file leave it alone", async () => {
    await refreshAll();
    await writeFile(join(root, 'out/README.md'), 'Mine.\n');
    expect(await paths()).toEqual([]);
  });
});

describe.each(generators)('the generator $name', (it) => {
  test('makes the same text each time, below its folder, marked as generated in the first line', async () => {
    const [first, second] = await Promise.all([it.generate(), it.generate()]);
    expect(first).toEqual(second);
    expect(first.length).toBeGreaterThan(0);
    for (const file of first) {
      expect(file.path.startsWith(`${it.folder}/`)).toBe(true);
      expect(file.content.split('\n', 1)[0]).toContain(marker);
    }
  });
});
