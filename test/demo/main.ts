/** `npm run demo`: a real cluster comes up, and a Container lives through what Containers live through. */
import { createCluster } from '#cluster/cluster.ts';
import { ensureMinioImage } from '#cluster/images/minio.ts';
import { ensureNotesImage } from '#cluster/images/notes.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';
import { createNarrator } from './narrator.ts';
import { parseOptions, usage } from './options.ts';
import { tell } from './story.ts';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return;
  }
  const narrator = createNarrator((line) => console.log(line));
  const onProgress = (line: string) => narrator.note(line);
  const title =
    'A Kubernetes cluster comes up, with the images of the operator, an example program and an object store';
  const cluster = await narrator.step(title, () =>
    createCluster({
      name: `demo-${process.pid}`,
      owner: options.keep ? 'detached' : process.pid,
      snapshots: false,
      images: [
        ensureOperatorImage(onProgress).then(({ archive }) => archive),
        ensureMinioImage(onProgress),
        ensureNotesImage('1.0', onProgress),
        ensureNotesImage('1.1', onProgress),
      ],
      onProgress,
    }),
  );
  try {
    await tell(cluster, narrator, options);
  } catch (error) {
    if (!options.keep) await cluster.down();
    throw error;
  }
  if (!options.keep) await narrator.step('Everything is torn down', () => cluster.down());
}

try {
  await main();
} catch (error) {
  console.error(`\ndemo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
