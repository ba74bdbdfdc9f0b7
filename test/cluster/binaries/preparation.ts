// How one group of programs gets into the cache: from its official release, else built from source, under a lock that
// every process of the machine respects. `ensure.ts` decides which groups, and in which order.
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheKey, exists, type Source } from './cache.ts';
import type { BinaryGroup } from './catalog.ts';
import type { Downloader } from './download.ts';
import { elapsed, formatDuration } from './duration.ts';
import { goBuild } from './go-build.ts';
import { withLock } from './lock.ts';
import { Slots } from './slots.ts';

/** What a preparation works with. */
export interface PreparationOptions {
  readonly downloader: Downloader;
  /** Root of the cache, absolute. */
  readonly cache: string;
  /** Folder the groups' module folders are relative to, absolute. */
  readonly modules: string;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What is known of a group before anything is done about it. */
export interface Survey {
  /** How progress lines call the group: `etcd v1.2.3`. */
  readonly label: string;
  readonly group: BinaryGroup;
  /** The group's folder in the cache; complete if it exists. */
  readonly folder: string;
  readonly source: Source;
  readonly cached: boolean;
  /** Whether the host that publishes the group answers. */
  readonly reachable: boolean;
}

/** One: it keeps all cores busy, and what two have in common would be compiled by each. */
const BUILDS_AT_ONCE = 1;
/** How often somebody who waits for a long build hears of it, milliseconds. */
const HEARTBEAT_MS = 30_000;

/** One run's way to its groups. */
export class Preparation {
  readonly #slots = new Slots(BUILDS_AT_ONCE);
  readonly #options: PreparationOptions;

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /** Finds out whether a group is in the cache, and if not, whether it could be downloaded. */
  async survey(name: string, group: BinaryGroup): Promise<Survey> {
    const { cache, modules, downloader } = this.#options;
    const moduleDir = join(modules, group.module);
    const source = group.standsAlone ? { moduleDir } : { moduleDir, workspace: join(modules, 'go.work') };
    const folder = join(cache, 'bin', await cacheKey(name, group, source));
    const cached = await exists(folder);
    await mkdir(dirname(folder), { recursive: true });
    const reachable = cached ? false : await downloader.reachable(group);
    return { label: `${name} ${group.version}`, group, folder, source, cached, reachable };
  }

  /** Resolves to the group's folder once it is complete. */
  async obtain(survey: Survey): Promise<string> {
    const { folder } = survey;
    if (survey.cached) return folder;
    if (survey.reachable && (await this.#locked(survey, () => this.#download(survey)))) return folder;
    // The slot is taken before the lock: a process must not keep others from a group that it is not building yet.
    await this.#slots.run(() => this.#locked(survey, () => this.#build(survey)));
    return folder;
  }

  /** Runs `work` under the group's lock, unless the group has appeared meanwhile. Resolves to whether it is there. */
  #locked(survey: Survey, work: () => Promise<boolean>): Promise<boolean> {
    const { onProgress, signal } = this.#options;
    const onWait = () => onProgress(`${survey.label}: waiting for another process that is preparing it`);
    return withLock(`${survey.folder}.lock`, { onWait, signal }, async () => {
      return (await exists(survey.folder)) || work();
    });
  }

  async #download(survey: Survey): Promise<boolean> {
    const { downloader, onProgress, signal } = this.#options;
    const started = performance.now();
    try {
      await fillFolder(survey.folder, (into) => downloader.fetch(survey.group, into, signal));
    } catch (error) {
      signal.throwIfAborted();
      onProgress(`${survey.label}: not downloaded, will be built instead: ${message(error)}`);
      return false;
    }
    onProgress(`${survey.label}: downloaded in ${elapsed(started)}`);
    return true;
  }

  async #build(survey: Survey): Promise<boolean> {
    const { label, group, source, folder } = survey;
    const { cache: shared, onProgress, signal } = this.#options;
    const started = performance.now();
    onProgress(`${label}: building from source (about ${formatDuration(group.buildSeconds)} on 2 cores)`);
    const heartbeat = setInterval(() => onProgress(`${label}: still building after ${elapsed(started)}`), HEARTBEAT_MS);
    try {
      await fillFolder(folder, (into) => goBuild({ ...source, group, into, shared, signal }));
    } catch (error) {
      signal.throwIfAborted();
      throw new Error(`${label}: ${message(error)}`, { cause: error });
    } finally {
      clearInterval(heartbeat);
    }
    onProgress(`${label}: built in ${elapsed(started)}`);
    return true;
  }
}

/**
 * Lets `work` fill a folder of its own and renames that to `folder`, so that `folder` is whole or absent. Whoever holds
 * the lock may remove what a dead process left half done.
 */
async function fillFolder(folder: string, work: (into: string) => Promise<void>): Promise<void> {
  const prefix = `${basename(folder)}.partial-`;
  for (const entry of await readdir(dirname(folder))) {
    if (entry.startsWith(prefix)) await rm(join(dirname(folder), entry), { recursive: true, force: true });
  }
  const into = await mkdtemp(join(dirname(folder), prefix));
  try {
    await work(into);
    await rename(into, folder);
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw error;
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
