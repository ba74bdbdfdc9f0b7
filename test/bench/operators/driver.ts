/** The user of the contestants' operator: makes, edits and deletes Widgets, and sees by a watch of its own what became of them. */
import pino from 'pino';
import { createCache } from '#runtime/cache/cache.ts';
import type { Informer } from '#runtime/cache/types.ts';
import { connectCluster } from '#runtime/client/connect.ts';
import type { Client } from '#runtime/client/types.ts';
import { findCondition } from '#runtime/controller/conditions.ts';
import { installWidgets, Widget, widget } from '#test/integration/controller/widget.ts';

export const namespace = 'default';
const createdAtOnce = 20;
/** The slowest contestant makes ten thousand within this; who takes longer has stopped. */
const readyWithinMs = 300_000;

export interface Driver extends AsyncDisposable {
  readonly client: Client;
  readonly widgets: Informer<Widget>;
  create(names: readonly string[], text: string): Promise<void>;
  edit(name: string, text: string): Promise<Widget>;
  /** Resolves once each of these is Ready for its present spec. */
  allReady(names: readonly string[]): Promise<void>;
}

export function isReady({ metadata, status }: Widget): boolean {
  return (
    status?.observedGeneration === metadata.generation && findCondition(status?.conditions, 'Ready')?.status === 'True'
  );
}

export async function openDriver(kubeconfig: string): Promise<Driver> {
  const { client, transport } = await connectCluster({ kubeconfig, userAgent: 'bench' });
  await installWidgets(client);
  const stop = new AbortController();
  const cache = createCache(transport, { log: pino({ level: 'silent' }) });
  const widgets = cache.informer(Widget);
  cache.start(stop.signal);
  await widgets.synced();
  return {
    client,
    widgets,
    create: (names, text) =>
      atOnce(createdAtOnce, names, async (name) => {
        await client.create(Widget, widget(namespace, name, text));
      }),
    edit: (name, text) => client.patch(Widget, { namespace, name }, { spec: { text } }),
    allReady: (names) => allReady(widgets, names),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await transport.close();
    },
  };
}

/** Works on every item, so many at a time. */
export async function atOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

async function allReady(widgets: Informer<Widget>, names: readonly string[]): Promise<void> {
  const awaited = new Set(names);
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    done.reject(new Error(`${awaited.size} of ${names.length} Widgets not Ready within ${readyWithinMs / 1000} s`));
  }, readyWithinMs);
  const unsubscribe = widgets.subscribe(({ type, object }) => {
    if (type !== 'deleted' && awaited.has(object.metadata.name) && isReady(object))
      awaited.delete(object.metadata.name);
    if (awaited.size === 0) done.resolve();
  });
  try {
    await done.promise;
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
}

export function names(count: number, prefix = 'widget'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}
