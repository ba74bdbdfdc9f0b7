/** An operator whose every write for a run is seen before and after it is made, so that a test can end somebody there. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { StepRecord } from '#runtime/itinerary/types.ts';
import { type OperatorProcess, startOperator } from '#test/operator/process.ts';
import { FaultProxy, type Write } from '../integration/fault-proxy.ts';
import { kubeconfigOf } from '../integration/operator/kubeconfig-of.ts';

/** A write for a run, and when it is. */
export interface Moment {
  readonly when: 'before' | 'after';
  /** such as `PATCH backups/diary/status Store=Running`: the same for the same again */
  readonly what: string;
  /** the step that is recorded last, if this is such a record */
  readonly step: string | undefined;
}

export class WatchedOperator implements AsyncDisposable {
  readonly #proxy: FaultProxy;
  readonly #folder: string;
  readonly #kubeconfigPath: string;
  #life: Promise<OperatorProcess>;
  /** under way */
  #death: Promise<void> | undefined;

  private constructor(proxy: FaultProxy, folder: string) {
    this.#proxy = proxy;
    this.#folder = folder;
    this.#kubeconfigPath = join(folder, 'kubeconfig');
    this.#life = Promise.reject(new Error('the operator was not started'));
    this.#life.catch(() => undefined);
  }

  /** Resolves when it is ready. */
  static async start(kubeconfig: string): Promise<WatchedOperator> {
    const proxy = await FaultProxy.start(kubeconfig);
    const started = new WatchedOperator(proxy, await mkdtemp(join(tmpdir(), 'dokkerr-watched-')));
    await writeFile(started.#kubeconfigPath, stringify(kubeconfigOf(proxy.url)));
    started.#begin();
    await started.#life;
    return started;
  }

  #begin(): void {
    this.#life = startOperator({ kubeconfigPath: this.#kubeconfigPath });
    // Whoever needs it next is told.
    this.#life.catch(() => undefined);
  }

  /**
   * Shows `strike` each moment of the runs of one controller, once each.
   * @param controller `backup` or `restore`
   * @param strike resolves to whether the write, or its answer, goes its way all the same
   */
  atEach(controller: string, strike: (moment: Moment) => Promise<boolean>): void {
    const struck = new Set<string>();
    this.#proxy.guard = async (write, when) => {
      if (!isOf(write, controller)) return true;
      const moment = { when, ...describe(write) };
      const key = `${when} ${moment.what}`;
      if (struck.has(key)) return true;
      struck.add(key);
      return strike(moment);
    };
  }

  /** Dies at each moment of the runs of one controller, from now on; until the steps are asked for that stood in the record then. */
  dieAtEach(controller: string): () => string[] {
    const deaths: Moment[] = [];
    this.atEach(controller, async (moment) => {
      deaths.push(moment);
      console.log(`the operator dies ${moment.when} ${moment.what}`);
      await this.kill();
      return false;
    });
    return () => {
      this.spare();
      console.log(`${deaths.length} deaths`);
      return deaths.flatMap(({ step }) => step ?? []);
    };
  }

  /** Lets everything pass. */
  spare(): void {
    this.#proxy.guard = undefined;
  }

  /** Kills it without a word; another one begins at once, and only one, though several of its writes ask for that. */
  async kill(): Promise<void> {
    this.#death ??= this.leave().then((begin) => {
      begin();
      this.#death = undefined;
    });
    await this.#death;
  }

  /** The same, but another one begins when what it resolves to is called. */
  async leave(): Promise<() => void> {
    const life = await this.#life;
    await life.stop('SIGKILL');
    return () => this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#proxy.guard = undefined;
    const life = await this.#life;
    await life.stop();
    await this.#proxy[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}

const owned = /\/(jobs|persistentvolumeclaims|volumesnapshots)\//;

/** Deleting tells no field manager; only those of runs delete such objects here. */
function isOf({ method, url }: Write, controller: string): boolean {
  return (
    new URLSearchParams(url.split('?')[1]).get('fieldManager') === `dokkerr-${controller}` ||
    (method === 'DELETE' && owned.test(url))
  );
}

function describe({ method, url, body }: Write): Omit<Moment, 'when'> {
  const path = url.split('?')[0] ?? '';
  const place = `${method} ${path
    .split('/')
    .slice(path.startsWith('/api/') ? 5 : 6)
    .join('/')}`;
  const record = path.endsWith('/status') ? lastRecord(body) : undefined;
  return record === undefined
    ? { what: place, step: undefined }
    : { what: `${place} ${record.list}/${record.name}=${record.state}${record.besides}`, step: record.name };
}

/** What a status says of the step that it is at. */
function lastRecord(body: string) {
  const { status } = JSON.parse(body) as { status?: { steps?: StepRecord[]; hooks?: unknown[]; outcome?: string } };
  const last = status?.steps?.findLast(({ state }) => state !== 'Pending');
  if (last === undefined) return undefined;
  const { name, state, itinerary = 'Forward' } = last;
  const besides = `${status?.outcome === undefined ? '' : ` ${status.outcome}`}${status?.hooks === undefined ? '' : ` hooks ${status.hooks.length}`}`;
  return { list: itinerary, name, state, besides };
}
