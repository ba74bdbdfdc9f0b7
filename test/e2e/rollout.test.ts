/** Updates under load: who answers meanwhile, and how many pods there are at any moment. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Pod } from '#runtime/client/kinds.ts';
import { startTraffic } from '#test/fixtures/traffic.ts';
import { ask, keptNotes, notes } from './notes.ts';
import { isReady, Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('rollout');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const versionOf = (body: string) => /^notes (\S+)/.exec(body)?.[1] ?? 'unknown';

describe.concurrent('an update', () => {
  test.for([
    ['Deployment', notes],
    ['StatefulSet', keptNotes],
  ] as const)('of a %s with two replicas fails no request', async ([kind, spec]) => {
    const name = `roll-${kind.toLowerCase()}`;
    await sandbox.declare(name, spec({ replicas: 2 }));
    await sandbox.ready(name);
    const url = await sandbox.url(name);
    // The first answer waits for the node's proxy, which is not what is counted.
    await ask(url);
    const stop = startTraffic(url, { versionOf });
    await sandbox.declare(name, spec({ replicas: 2, image: 'localhost/notes:1.1' }));
    await sandbox.ready(name);
    const { answered, failures, versions } = await stop();
    console.log(`${kind}: ${answered} requests answered, ${failures.length} failed`);
    expect(failures).toEqual([]);
    expect(versions).toEqual(['1.0', '1.1']);
  });

  test.for([
    ['Deployment', notes, 2],
    ['StatefulSet', keptNotes, 1],
  ] as const)(
    'of strategy Recreate never runs an old and a new pod of a %s at once',
    async ([kind, spec, replicas]) => {
      const name = `recreate-${kind.toLowerCase()}`;
      const update = { strategy: 'Recreate' as const };
      await sandbox.declare(name, spec({ replicas, update }));
      await sandbox.ready(name);
      const together: string[] = [];
      const updated = sandbox.eventually('the update has ended', () => {
        const images = new Set(
          sandbox
            .list(Pod)
            .filter((pod) => mayRun(pod, name))
            .map(imageOf),
        );
        if (images.size > 1) together.push([...images].join(' beside '));
        const container = sandbox.newest(name);
        return container?.spec.image === 'localhost/notes:1.1' && isReady(container);
      });
      await sandbox.declare(name, spec({ replicas, update, image: 'localhost/notes:1.1' }));
      await updated;
      expect(together).toEqual([]);
    },
  );
});

/** Pods on their way out count as long as their program runs. */
function mayRun({ metadata, status }: Pod, name: string): boolean {
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return metadata.labels?.['dokkerr.io/container'] === name && !ended;
}

function imageOf({ spec }: Pod): string {
  return spec.containers[0]?.image ?? '';
}
