/** The controller against a real API server: what it writes, when, and what it leaves alone. */

import pino from 'pino';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { createCache } from '#runtime/cache/cache.ts';
import type { Informer } from '#runtime/cache/types.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { ConfigMap, Event, Namespace } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { findCondition } from '#runtime/controller/conditions.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, wait } from '#runtime/itinerary/types.ts';
import { auditedWrites } from './audit.ts';
import { runOperator } from './operator.ts';
import { installWidgets, Widget, widget, widgetController } from './widget.ts';

const namespace = 'controller-test';
const kubeconfig = inject('kubeconfig');
const stopWatching = new AbortController();
let cluster: ClusterConnection;
let widgets: Informer<Widget>;
let configMaps: Informer<ConfigMap>;

beforeAll(async () => {
  cluster = await connectCluster({ kubeconfig, userAgent: 'controller-test' });
  const { client, transport } = cluster;
  await client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await installWidgets(client);
  const cache = createCache(transport, { log: pino({ level: 'silent' }) });
  widgets = cache.informer(Widget, { namespaces: [namespace] });
  configMaps = cache.informer(ConfigMap, { namespaces: [namespace] });
  cache.start(stopWatching.signal);
  await cache.synced();
});
afterAll(async () => {
  stopWatching.abort();
  await cluster.client.delete(Namespace, { name: namespace });
  await cluster.transport.close();
});

/** Resolves with the object once it is as expected. */
function seen<T extends KubernetesObject>(
  informer: Informer<T>,
  name: string,
  isAsExpected: (object: T) => boolean,
): Promise<T> {
  return new Promise((resolve) => {
    const unsubscribe = informer.subscribe(({ type, object }) => {
      if (type === 'deleted' || object.metadata.name !== name || !isAsExpected(object)) return;
      resolve(object);
      queueMicrotask(() => unsubscribe());
    });
  });
}

const create = (name: string, text: string) => cluster.client.create(Widget, widget(namespace, name, text));
const edit = (name: string, text: string) => cluster.client.patch(Widget, { namespace, name }, { spec: { text } });
const isReady = (object: Widget) =>
  findCondition(object.status?.conditions, 'Ready')?.status === 'True' &&
  object.status?.observedGeneration === object.metadata.generation;

describe('a controller', () => {
  test('makes the child, owned and labelled, and stores the status once', async () => {
    await using _ = await runOperator(kubeconfig, widgetController(), { userAgent: 'makes-child' });
    await create('made', 'hello');
    const ready = await seen(widgets, 'made', isReady);
    const child = await seen(configMaps, 'made', () => true);
    expect(child.data).toEqual({ text: 'hello' });
    expect(child.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'dokkerr' });
    expect(child.metadata.ownerReferences).toMatchObject([{ uid: ready.metadata.uid, controller: true }]);
    expect(ready.status?.conditions).toMatchObject([{ type: 'Ready', observedGeneration: 1 }]);
    await edit('made', 'again');
    await seen(widgets, 'made', ({ status }) => status?.text === 'again');
    const writes = await auditedWrites(inject('auditLogPath'), { userAgent: 'makes-child', name: 'made' });
    expect(writes).toEqual(['patch configmaps', 'patch widgets/status', 'patch configmaps', 'patch widgets/status']);
  });

  test('lets the last of many quick edits win, and never runs two passes of one object at once', async () => {
    let running = 0;
    let most = 0;
    const definition = widgetController();
    const [writeConfig] = definition.steps;
    const counted = widgetController({
      steps: [
        {
          name: 'Count',
          run: async (scope) => {
            // Other files have Widgets of their own on this API server.
            const { name, namespace: itsNamespace } = scope.object.metadata;
            const counts = name === 'hot' && itsNamespace === namespace ? 1 : 0;
            running += counts;
            most = Math.max(most, running);
            const result = (await writeConfig?.run(scope)) ?? done();
            running -= counts;
            return result;
          },
        },
      ],
    });
    await using _ = await runOperator(kubeconfig, counted);
    await create('hot', 'edit 0');
    for (let count = 1; count <= 30; count++) await edit('hot', `edit ${count}`);
    await seen(configMaps, 'hot', ({ data }) => data?.text === 'edit 30');
    await seen(widgets, 'hot', (object) => isReady(object) && object.status?.text === 'edit 30');
    expect(most).toBe(1);
  });

  test('puts a child back that somebody edited or deleted, and leaves what is not ours', async () => {
    await using _ = await runOperator(kubeconfig, widgetController());
    await create('kept', 'ours');
    await seen(widgets, 'kept', isReady);
    const first = await seen(configMaps, 'kept', () => true);
    const key = { namespace, name: 'kept' };
    await cluster.client.patch(ConfigMap, key, {
      metadata: { annotations: { 'example.com/note': 'mine' } },
      data: { text: 'theirs', more: 'too' },
    });
    const restored = await seen(configMaps, 'kept', ({ data }) => data?.text === 'ours' && data?.more === 'too');
    expect(restored.metadata.annotations?.['example.com/note']).toBe('mine');
    await cluster.client.delete(ConfigMap, key);
    const remade = await seen(configMaps, 'kept', ({ metadata }) => metadata.uid !== first.metadata.uid);
    expect(remade.data).toEqual({ text: 'ours' });
  });

  test('writes nothing when 500 objects are looked at again, by a resync or by a new operator', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `many-${index}`);
    {
      await using _ = await runOperator(kubeconfig, widgetController());
      const ready = names.map((name) => seen(widgets, name, isReady));
      for (let from = 0; from < names.length; from += 50) {
        await Promise.all(names.slice(from, from + 50).map((name) => create(name, 'same')));
      }
      await Promise.all(ready);
    }
    {
      await using operator = await runOperator(kubeconfig, widgetController(), { userAgent: 'resync-operator' });
      await passes(operator.metrics, widgets.size);
      operator.controller.resync();
      await passes(operator.metrics, 2 * widgets.size);
    }
    expect(await auditedWrites(inject('auditLogPath'), { userAgent: 'resync-operator' })).toEqual([]);
  });

  test('contains a pass that throws, says so in the status, and goes on with the others', async () => {
    const definition = widgetController({
      scope: (pass) => {
        if (pass.object.spec.text === 'bad')
          throw new DokkerrError('DKR_SPEC_INVALID', 'bad is not a text; write another');
        return pass;
      },
    });
    await using _ = await runOperator(kubeconfig, definition);
    await create('thrown', 'bad');
    await create('unharmed', 'good');
    await seen(widgets, 'unharmed', isReady);
    const stalled = await seen(
      widgets,
      'thrown',
      ({ status }) => findCondition(status?.conditions, 'Stalled')?.status === 'True',
    );
    expect(findCondition(stalled.status?.conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'SpecInvalid',
      message: 'bad is not a text; write another',
    });
    await edit('thrown', 'better');
    await seen(widgets, 'thrown', isReady);
  });

  test('does not take over an object of that name that belongs to somebody else', async () => {
    const name = 'taken';
    await cluster.client.create(ConfigMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name },
      data: { text: 'theirs' },
    });
    const definition = widgetController({
      status: ({ object }, { stoppedAt }) => ({
        text: object.spec.text,
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: stoppedAt?.result.kind === 'fail' ? stoppedAt.result.error.code : 'None',
            message: '',
          },
        ],
      }),
    });
    await using _ = await runOperator(kubeconfig, definition);
    await create(name, 'ours');
    const refused = await seen(widgets, name, ({ status }) => status?.conditions !== undefined);
    expect(refused.status?.conditions?.[0]?.reason).toBe('DKR_NOT_OWNED');
    expect(configMaps.get({ namespace, name })?.data).toEqual({ text: 'theirs' });
  });

  test('waits as long as a step asks, then looks again', async () => {
    let looks = 0;
    const definition = widgetController({
      steps: [{ name: 'Wait', run: async () => (++looks < 3 ? wait('NotYet', 'not yet', 20) : done()) }],
    });
    await using _ = await runOperator(kubeconfig, definition);
    await create('patient', 'x');
    await seen(widgets, 'patient', isReady);
    expect(looks).toBeGreaterThanOrEqual(3);
  });

  test('holds an object by its finalizer until the steps before its end are done', async () => {
    let mayGo = false;
    const definition = widgetController({
      finalizer: {
        name: 'test.dokkerr.io/hold',
        steps: [{ name: 'LetGo', run: async () => (mayGo ? done() : wait('Held', 'held back', 20)) }],
      },
      status: (_scope, { steps }) => ({
        conditions: [{ type: 'Ready', status: 'False', reason: steps[0]?.name ?? 'None', message: '' }],
      }),
    });
    await using _ = await runOperator(kubeconfig, definition);
    await create('held', 'x');
    await seen(widgets, 'held', ({ metadata }) => metadata.finalizers?.includes('test.dokkerr.io/hold') === true);
    await cluster.client.delete(Widget, { namespace, name: 'held' });
    await seen(widgets, 'held', ({ status }) => status?.conditions?.[0]?.reason === 'LetGo');
    const gone = new Promise<void>((resolve) => {
      widgets.subscribe(({ type, object }) => {
        if (type === 'deleted' && object.metadata.name === 'held') resolve();
      });
    });
    mayGo = true;
    await gone;
  });

  test('tells of every transition as an Event', async () => {
    await using _operator = await runOperator(kubeconfig, widgetController());
    await create('told', 'x');
    const told = async () =>
      (await cluster.client.list(Event, { namespace })).items.filter(({ regarding }) => regarding?.name === 'told');
    // An event is written behind the pass's back, so after the status that others already see.
    await waitUntil('an event about it', async () => (await told()).length > 0, { timeoutMs: 20_000 });
    expect(await told()).toMatchObject([
      { type: 'Normal', reason: 'Written', action: 'Ready', note: 'the text is written' },
    ]);
  });
});

/** Resolves once that many passes have succeeded. */
async function passes(
  metrics: { registry: { getSingleMetricAsString(name: string): Promise<string> } },
  count: number,
): Promise<void> {
  for (;;) {
    const text = await metrics.registry.getSingleMetricAsString('controller_runtime_reconcile_total');
    const succeeded = /result="success"\} (\d+)/.exec(text)?.[1];
    if (Number(succeeded) >= count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
