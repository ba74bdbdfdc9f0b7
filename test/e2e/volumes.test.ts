/** What becomes of data: over the life of pods, replicas and Containers, and while volumes grow or are added. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { PersistentVolumeClaim, Pod, StatefulSet } from '#runtime/client/kinds.ts';
import { ask, keptNotes, write } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('volumes');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const data = { name: 'data', mountPath: '/data', claim: { size: '32Mi' } };

describe.concurrent('the data of a Container', () => {
  test('outlives its pod', async () => {
    const name = 'outlive';
    await sandbox.declare(name, keptNotes());
    await sandbox.ready(name);
    await write(await sandbox.url(name), 'before the pod went');
    const [first] = sandbox.pods(name);
    await sandbox.delete(Pod, `${name}-0`);
    await sandbox.eventually('another pod that is ready', () =>
      sandbox.pods(name).some(({ metadata, status }) => metadata.uid !== first?.metadata.uid && isPodReady(status)),
    );
    expect(await ask(await sandbox.url(name), '/notes')).toContain('before the pod went');
  });

  test('outlives the Container where it is retained, comes back under the same name, and goes where it is not', async () => {
    const name = 'retain';
    const scratch = {
      name: 'scratch',
      mountPath: '/scratch',
      claim: { size: '32Mi', deletionPolicy: 'Delete' as const },
    };
    await sandbox.declare(name, keptNotes({ volumes: [data, scratch] }));
    await sandbox.ready(name);
    await write(await sandbox.url(name), 'of the first Container');
    const kept = sandbox.get(PersistentVolumeClaim, `data-${name}-0`)?.metadata.uid;
    await sandbox.delete(Container, name);
    await sandbox.eventually('everything but the retained claim is gone', () => {
      const gone = sandbox.get(StatefulSet, name) === undefined && sandbox.pods(name).length === 0;
      return gone && sandbox.get(PersistentVolumeClaim, `scratch-${name}-0`) === undefined;
    });
    expect(sandbox.get(PersistentVolumeClaim, `data-${name}-0`)?.metadata).toMatchObject({ uid: kept });
    await sandbox.declare(name, keptNotes({ volumes: [data, scratch] }));
    await sandbox.ready(name);
    expect(await ask(await sandbox.url(name), '/notes')).toContain('of the first Container');
  });

  test('stays while its volume grows under the running pod, and the status tells the new size', async () => {
    const name = 'grow';
    await sandbox.declare(name, keptNotes());
    const before = await sandbox.ready(name);
    expect(before.status?.volumes).toEqual([
      { name: 'data', claim: `data-${name}-0`, capacity: '32Mi', phase: 'Bound' },
    ]);
    await write(await sandbox.url(name), 'before it grew');
    const [pod] = sandbox.pods(name);
    await sandbox.declare(name, keptNotes({}, '64Mi'));
    await sandbox.eventually('the grown size in the status', () => {
      const [volume] = sandbox.get(Container, name)?.status?.volumes ?? [];
      return volume?.capacity === '64Mi' && volume.phase === 'Bound';
    });
    await sandbox.ready(name);
    expect(await ask(await sandbox.url(name), '/notes')).toContain('before it grew');
    const [after] = sandbox.pods(name);
    expect(after?.metadata.uid).toBe(pod?.metadata.uid);
    expect(after?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  test('waits for a replica that was scaled away', async () => {
    const name = 'scale';
    await sandbox.declare(name, keptNotes({ replicas: 2 }));
    await sandbox.ready(name);
    await write(await sandbox.podUrl(`${name}-1`), 'of the second replica');
    await sandbox.declare(name, keptNotes({ replicas: 1 }));
    await sandbox.eventually('the second pod is gone', () => sandbox.get(Pod, `${name}-1`) === undefined);
    await sandbox.ready(name);
    expect(sandbox.get(PersistentVolumeClaim, `data-${name}-1`)?.metadata.deletionTimestamp).toBeUndefined();
    await sandbox.declare(name, keptNotes({ replicas: 2 }));
    await sandbox.ready(name);
    expect(await ask(await sandbox.podUrl(`${name}-1`), '/notes')).toContain('of the second replica');
  });

  test('stays when a volume is added, and one pod after the other gets the new volume', async () => {
    const name = 'add';
    await sandbox.declare(name, keptNotes({ replicas: 2 }));
    await sandbox.ready(name);
    await write(await sandbox.podUrl(`${name}-0`), 'before the volume was added');
    const more = { name: 'more', mountPath: '/more', claim: { size: '32Mi' } };
    let fewest = 2;
    const counting = sandbox.eventually('every pod has the added volume', () => {
      const pods = sandbox.pods(name);
      fewest = Math.min(fewest, pods.filter(({ status }) => isPodReady(status)).length);
      return pods.length === 2 && pods.every(({ spec }) => spec.volumes?.some((volume) => volume.name === 'more'));
    });
    await sandbox.declare(name, keptNotes({ replicas: 2, volumes: [data, more] }));
    await counting;
    await sandbox.ready(name);
    expect(fewest).toBeGreaterThanOrEqual(1);
    expect(await ask(await sandbox.podUrl(`${name}-0`), '/notes')).toContain('before the volume was added');
    expect(
      sandbox.list(PersistentVolumeClaim).filter(({ metadata }) => metadata.name.startsWith('more-add-')),
    ).toHaveLength(2);
  });
});

function isPodReady(status: Pod['status']): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}
