/** Brings Helm, once for the run: from the cache, a download, or a build of some minutes. */
import type { TestProject } from 'vitest/node';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';

declare module 'vitest' {
  /** Paths of programs. */
  interface ProvidedContext {
    helm: string;
    prometheus: string;
    promtool: string;
  }
}

export default function setup(project: TestProject): Promise<void> {
  return providePrograms(project, ['helm']);
}

/** Has tests know where these programs are. */
export async function providePrograms(
  project: TestProject,
  programs: readonly ('helm' | 'prometheus' | 'promtool')[],
): Promise<void> {
  const paths = await ensureBinaries(programs, { onProgress: (line) => console.log(line) });
  for (const program of programs) project.provide(program, paths[program]);
}
