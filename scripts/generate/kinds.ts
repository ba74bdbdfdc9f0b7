/** The kinds of the project: whatever the modules of `src/crds/` export as one. Nothing has to be listed. */
import { readdir } from 'node:fs/promises';
import { isKind, type KindDefinition } from '../../src/crds/kind.ts';

/** All kinds, by name. */
export async function findKinds(): Promise<KindDefinition[]> {
  const folder = new URL('../../src/crds/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const modules = await Promise.all(
    files.map(async (file) => (await import(new URL(file, folder).href)) as Record<string, unknown>),
  );
  return modules
    .flatMap((module) => Object.values(module))
    .filter(isKind)
    .toSorted((a, b) => a.kind.localeCompare(b.kind, 'en'));
}
