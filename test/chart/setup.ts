/** Brings Helm and Prometheus, once for the run: from the cache, a download, or a build of some minutes. */
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

export default async function setup(project: TestProject): Promise<void> {
  const programs = ['helm', 'prometheus', 'promtool'] as const;
  const paths = await ensureBinaries(programs, { onProgress: (line) => console.log(line) });
  for (const program of programs) project.provide(program, paths[program]);
}
