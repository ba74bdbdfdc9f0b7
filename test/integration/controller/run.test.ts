/** A run kind against a real API server: what is stored, in which order, and what happens at cancel, crash and delete. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { ConfigMap, Event, Namespace } from '#runtime/client/kinds.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { done, type Step } from '#runtime/itinerary/types.ts';
import { establish } from '../established.ts';
import { Errand, errandController, errandDefinition } from './errand.ts';
import { runOperator } from './operator.ts';

const namespace = 'run-test';
const kubeconfig = inject('kubeconfig');
let cluster: ClusterConnection;

beforeAll(async () => {
  cluster = await connectCluster({ kubeconfig, userAgent: 'run-test' });
  const { client } = cluster;
  await client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await establish(client, errandDefinition);
});
afterAll(async () => {
  await cluster.client.delete(Namespace, { name: namespace });
  await cluster.transport.close();
});

const start = (name: string) =>
  cluster.client.create(Errand, {
    apiVersion: 'test.dokkerr.io/v1',
    kind: 'Errand',
    metadata: { namespace, name },
    spec: {},
  });
const read = (name: string) => cluster.client.get(Errand, { namespace, name });
const states = (errand: Errand | undefined) =>
  (errand?.status?.steps ?? []).map(({ name, state }) => `${name}=${state}`).join(' ');

async function until(name: string, isAsExpected: (errand: Errand | undefined) => boolean): Promise<Errand | undefined> {
  let errand: Errand | undefined;
  await waitUntil(
    `${name} as expected`,
    async () => {
      errand = await read(name);
      return isAsExpected(errand);
    },
    { timeoutMs: 20_000 },
  );
  return errand;
}

const waiting = (errand: Errand | undefined) => states(errand).includes('AwaitSignature=Running');
const sign = (name: string) => cluster.client.patch(ConfigMap, { namespace, name }, { data: { signed: 'yes' } });

describe('a run', () => {
  test('walks its steps, is woken by its child, does its duties, and never changes again', async () => {
    const did: string[] = [];
    await using _ = await runOperator(kubeconfig, errandController(did));
    await start('signed');
    const under = await until('signed', waiting);
    expect(under?.status?.conditions?.find(({ type }) => type === 'Reconciling')?.status).toBe('True');
    expect(under?.metadata.finalizers).toEqual(['test.dokkerr.io/errand']);
    await sign('signed');
    const ended = await until('signed', (errand) => errand?.status?.outcome !== undefined);
    expect(ended?.status).toMatchObject({ outcome: 'Completed', phase: 'Completed' });
    expect(states(ended)).toBe('Ask=Succeeded AwaitSignature=Succeeded ClearUp=Succeeded');
    expect(did).toEqual(['ask', 'clear up']);
    await cluster.client.patch(Errand, { namespace, name: 'signed' }, { spec: { cancel: true } });
    await start('marker');
    await until('marker', waiting);
    const { steps, outcome, completedAt } = ended?.status ?? {};
    expect((await read('signed'))?.status).toMatchObject({ steps, outcome, completedAt });
  });

  test('is followed at once by what comes after its end, which reads how it ended', async () => {
    const seen: (string | undefined)[] = [];
    const remember: Step<Pass<Errand>> = {
      name: 'Remember',
      run: async ({ object }) => {
        seen.push(object.status?.outcome);
        return done();
      },
    };
    await using _ = await runOperator(kubeconfig, { ...errandController([]), afterwards: [remember] });
    await start('remembered');
    await until('remembered', waiting);
    await sign('remembered');
    await waitUntil('it is remembered', () => seen.length > 0, { timeoutMs: 20_000 });
    expect(new Set(seen)).toEqual(new Set(['Completed']));
  });

  test('is taken up by the next operator where the last one left it, without asking twice', async () => {
    const did: string[] = [];
    {
      await using _ = await runOperator(kubeconfig, errandController(did));
      await start('handed-over');
      await until('handed-over', waiting);
    }
    await sign('handed-over');
    await using _ = await runOperator(kubeconfig, errandController(did));
    await until('handed-over', (errand) => errand?.status?.outcome === 'Completed');
    expect(did.filter((what) => what === 'ask')).toHaveLength(1);
  });

  test('is canceled when it is asked to, its duties done all the same', async () => {
    const did: string[] = [];
    await using _ = await runOperator(kubeconfig, errandController(did));
    await start('canceled');
    await until('canceled', waiting);
    await cluster.client.patch(Errand, { namespace, name: 'canceled' }, { spec: { cancel: true } });
    const ended = await until('canceled', (errand) => errand?.status?.outcome !== undefined);
    expect(ended?.status?.outcome).toBe('Canceled');
    expect(did).toEqual(['ask', 'clear up']);
    expect(ended?.status?.conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  });

  test('that is deleted under way is canceled, cleared up after, and only then gone', async () => {
    const did: string[] = [];
    await using _ = await runOperator(kubeconfig, errandController(did));
    await start('deleted');
    await until('deleted', waiting);
    await cluster.client.delete(Errand, { namespace, name: 'deleted' });
    await until('deleted', (errand) => errand === undefined);
    // The last look may come twice: the removal of the finalizer shows only as the object's end.
    expect([...new Set(did)]).toEqual(['ask', 'clear up', 'forget']);
    expect(await cluster.client.get(ConfigMap, { namespace, name: 'deleted' })).toBeUndefined();
  });

  test('tells each step that ended as an event of its own', async () => {
    await using _ = await runOperator(kubeconfig, errandController([]));
    await start('told');
    await until('told', waiting);
    await waitUntil(
      'the event',
      async () => {
        const { items } = await cluster.client.list(Event, { namespace });
        return items.some(({ reason, regarding }) => reason === 'AskSucceeded' && regarding?.name === 'told');
      },
      { timeoutMs: 10_000 },
    );
  });
});
