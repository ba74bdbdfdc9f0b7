/**
 * What networks and API servers do to a watch. While the contestant sees nothing, Widgets are edited, made and deleted; then
 * its view comes back. How long until it has caught up, and what it never learned of.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigMap } from '#runtime/client/kinds.ts';
import { Widget } from '#test/integration/controller/widget.ts';
import { FaultProxy } from '#test/integration/fault-proxy.ts';
import type { Arena } from './arena.ts';
import type { CompareOptions, Comparison } from './comparison.ts';
import { atOnce, isReady, names, namespace } from './driver.ts';
import { TcpLink } from './tcp-link.ts';

const objects = 50;
const downMs = 30_000;
/** Longer than it takes the slowest to notice a line that fell silent; what is not known by then is missed. */
const patienceMs = 150_000;

/** A line with something wrong about it. */
interface Fault extends AsyncDisposable {
  /** where the contestant finds its API server */
  readonly url: string;
  /** From here on the contestant sees nothing of what happens. */
  strike(): Promise<void>;
  /** Called when all has happened. */
  relent(): Promise<void>;
}

const faults: Readonly<Record<string, (arena: Arena, options: CompareOptions) => Promise<Fault>>> = {
  'sockets reset': (arena) => onLink(arena, (link) => [() => link.cut(), () => undefined]),
  'API server unreachable': (arena, { seconds }) =>
    onLink(arena, (link) => [
      () => link.close(),
      async () => {
        await sleep(seconds === undefined ? downMs : seconds * 1000);
        link.reopen();
      },
    ]),
  // Its watch cache is empty after a start, so that only etcd knows what was before, and it has been told to forget.
  'compacted, 410': (arena) =>
    onLink(arena, (link) => [
      () => link.close(),
      async () => {
        const { plane, driver } = arena;
        const { resourceVersion } = await driver.client.list(Widget, { namespace });
        // Told to end it would wait a minute for what is under way.
        await plane.stopApiServer('SIGKILL');
        await plane.startApiServer();
        await plane.compact(resourceVersion);
        link.reopen();
      },
    ]),
  'too many requests, 429': async ({ kubeconfigPath }) => {
    const proxy = await FaultProxy.start(kubeconfigPath);
    const turnedAway = { status: 429, headers: { 'retry-after': '1' }, body: '{"kind":"Status","code":429}' };
    return {
      url: proxy.url,
      strike: async () => {
        proxy.answer(['widgets'], turnedAway, 20);
        proxy.cut();
      },
      relent: async () => undefined,
      [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
    };
  },
  'silent half-open': (arena) => onLink(arena, (link) => [() => link.silence(), () => undefined]),
};

async function onLink(
  { plane }: Arena,
  acts: (link: TcpLink) => readonly [strike: () => void, relent: () => void | Promise<void>],
): Promise<Fault> {
  const link = await TcpLink.open(plane.server);
  const [strike, relent] = acts(link);
  return {
    url: link.url,
    strike: async () => strike(),
    relent: async () => relent(),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

export const faultCase: Comparison = {
  name: 'faults',
  about: 'edits, creations and deletions behind the back of a watch: time to recover, events missed',
  variants: Object.keys(faults).map((name) => ({ name })),
  measure: async (arena, { name }, options) => {
    const begin = faults[name];
    if (begin === undefined) throw new Error(`there is no fault ${name}`);
    await using fault = await begin(arena, options);
    const { driver } = arena;
    const count = options.objects ?? objects;
    const edited = names(count, 'edited');
    const deleted = names(count, 'deleted');
    const made = names(count, 'made');
    await using operator = await arena.launch({ concurrency: 10 }, fault.url);
    await driver.create([...edited, ...deleted], 'before');
    await driver.allReady([...edited, ...deleted]);
    const mark = await arena.mark();
    await fault.strike();
    await atOnce(10, edited, async (one) => void (await driver.edit(one, 'after')));
    await atOnce(10, deleted, async (one) => void (await driver.client.delete(Widget, { namespace, name: one })));
    await driver.create(made, 'after');
    await fault.relent();
    const since = performance.now();
    const recovered = await untilRecovered(arena, [...edited, ...made], deleted);
    const statusWrites = (await arena.calls(mark)).filter(
      ({ resource, code }) => resource.endsWith('/status') && code < 300,
    );
    return {
      'recovery s': recovered === undefined ? patienceMs / 1000 : (recovered - since) / 1000,
      missed: await missed(arena, [...edited, ...made], deleted),
      'status writes/object': statusWrites.length / (edited.length + made.length),
      'CPU s': await operator.usage().then(
        ({ cpuSeconds }) => cpuSeconds,
        // It gave up, as some do; then what it missed says so.
        () => Number.NaN,
      ),
    };
  },
};

/** When nothing was missing any more; undefined when something still is. */
async function untilRecovered(arena: Arena, present: readonly string[], gone: readonly string[]) {
  const deadline = performance.now() + patienceMs;
  const { widgets } = arena.driver;
  const isDone = () =>
    present.every((name) => {
      const object = widgets.get({ namespace, name });
      return object !== undefined && isReady(object);
    }) && gone.every((name) => widgets.get({ namespace, name }) === undefined);
  while (!isDone()) {
    if (performance.now() > deadline) return undefined;
    await sleep(20);
  }
  return performance.now();
}

/** Objects of which the contestant does not know how they are now, by what it left behind. */
async function missed({ driver }: Arena, present: readonly string[], gone: readonly string[]): Promise<number> {
  const [widgets, configs] = await Promise.all([
    driver.client.list(Widget, { namespace }),
    driver.client.list(ConfigMap, { namespace }),
  ]);
  const texts = new Map(configs.items.map(({ metadata, data }) => [metadata.name, data?.text]));
  const left = new Map(widgets.items.map((object) => [object.metadata.name, object]));
  const stale = present.filter((name) => {
    const object = left.get(name);
    return object === undefined || !isReady(object) || texts.get(name) !== object.spec.text;
  });
  return stale.length + gone.filter((name) => left.has(name)).length;
}
