/** restic is an engine: the real program against a real store. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEngine } from '#src/mover/testing/conformance.ts';
import { describeTree, getAttribute, setAttribute, sparseBytes, writeOddTree } from '#test/fixtures/tree.ts';
import { type ResticWorkbench, startWorkbench } from './workbench.ts';

let workbench: ResticWorkbench;
beforeAll(async () => {
  workbench = await startWorkbench();
}, 600_000);
afterAll(() => workbench[Symbol.asyncDispose]());

describeEngine('restic', () => workbench, { writeOddTree, describeTree });

it('brings back extended attributes, and holes as holes', async () => {
  const [source, target] = await Promise.all(
    ['source-', 'target-'].map((name) => mkdtemp(join(workbench.folder, name))),
  );
  if (source === undefined || target === undefined) throw new Error('no folders');
  const { signal } = new AbortController();
  await writeOddTree(source);
  await mkdir(join(source, 'attributed'));
  await writeFile(join(source, 'attributed/file'), '');
  await setAttribute(join(source, 'attributed/file'), 'user.origin', 'here');
  await setAttribute(join(source, 'attributed'), 'user.origin', 'a folder');
  const engine = (await workbench.newRepository()).engine();
  await engine.init({ signal });
  const order = { source, host: 'team/a', tags: [], include: [], exclude: [], compression: 'Auto' } as const;
  const { snapshotID } = await engine.backup(order, { signal });
  const rest = { include: [], exclude: [], overwrite: 'Always', deleteExtraneous: false, readBack: true } as const;
  await engine.restore({ snapshotID, folder: source, target, ...rest }, { signal });
  expect(await getAttribute(join(target, 'attributed/file'), 'user.origin')).toBe('here');
  expect(await getAttribute(join(target, 'attributed'), 'user.origin')).toBe('a folder');
  const { onDisk, size } = sparseBytes(target);
  expect(onDisk).toBeLessThan(size / 4);
});
