/** Brings helm, once for the run: from the cache, a download, or a build of some minutes. */
import type { TestProject } from 'vitest/node';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** path of the program */
    helm: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const { helm } = await ensureBinaries(['helm'], { onProgress: (line) => console.log(line) });
  project.provide('helm', helm);
}
