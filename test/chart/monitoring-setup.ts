/** Brings Helm and Prometheus, once for the run: from the cache, a download, or a build of some minutes. */
import type { TestProject } from 'vitest/node';
import { providePrograms } from './setup.ts';

export default function setup(project: TestProject): Promise<void> {
  return providePrograms(project, ['helm', 'prometheus', 'promtool']);
}
