// Turns names from the catalogue into paths of programs that can be run: from the cache, else from the official release,
// else built from source. Several processes may ask at once; each group is fetched or built by one of them.
import { join, resolve } from 'node:path';
import { cacheRoot } from './cache.ts';
import { type BinaryGroup, type BinaryName, catalog, type GroupName, groupNames, groupOf } from './catalog.ts';
import { Downloader } from './download.ts';
import { Preparation } from './preparation.ts';

/** How to prepare programs. */
export interface EnsureOptions {
  /** Receives one finished line of progress, without a newline. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Where programs are kept. Default: `DOKKERR_CACHE`, else `~/.cache/dokkerr`. */
  readonly cache?: string;
  /** Stands in front of download addresses, see `Downloader`. Default: `DOKKERR_DOWNLOAD_BASE`. */
  readonly downloadBase?: string;
  /** Folder the groups' module folders are relative to. Default: `test/cluster`. */
  readonly modules?: string;
}

/** Programs that are being prepared. */
export interface BinarySet<N extends string = BinaryName> {
  /** Resolves to the program's absolute path as soon as its group is there, without waiting for the others. */
  binary(name: N): Promise<string>;
  /** Resolves to the path of each program once all are there. Rejects with the first failure; the rest is stopped. */
  all(): Promise<Record<N, string>>;
}

/** A group to prepare and which of its programs are wanted. */
export interface WantedGroup<N extends string> {
  readonly name: string;
  readonly group: BinaryGroup;
  readonly programs: readonly N[];
}

/**
 * Resolves to the absolute path of each named program, whatever that takes: nothing when it is in the cache, a
 * download, or a build of minutes.
 */
export function ensureBinaries<N extends BinaryName>(
  names: readonly N[],
  options: EnsureOptions,
): Promise<Record<N, string>> {
  return startBinaries(names, options).all();
}

/** Starts to prepare the named programs; see `BinarySet` for how to wait for one or for all. */
export function startBinaries<N extends BinaryName>(names: readonly N[], options: EnsureOptions): BinarySet<N> {
  const programsOf = Map.groupBy(new Set(names), groupOf);
  const wanted = groupNames.map((name: GroupName) => ({
    name,
    group: catalog[name],
    programs: programsOf.get(name) ?? [],
  }));
  return startGroups(
    wanted.filter(({ programs }) => programs.length > 0),
    options,
  );
}

/** As `startBinaries`, for groups of any catalogue. Builds start in the order given. */
export function startGroups<N extends string>(wanted: readonly WantedGroup<N>[], options: EnsureOptions): BinarySet<N> {
  const failed = new AbortController();
  const preparation = new Preparation({
    downloader: new Downloader(options.downloadBase ?? process.env.DOKKERR_DOWNLOAD_BASE),
    cache: resolve(options.cache ?? cacheRoot()),
    modules: options.modules ?? resolve(import.meta.dirname, '..'),
    onProgress: options.onProgress,
    signal: options.signal === undefined ? failed.signal : AbortSignal.any([failed.signal, options.signal]),
  });

  const surveys = wanted.map(({ name, group }) => preparation.survey(name, group));
  // Every group is looked at before the first is built: looking takes a moment or two seconds, by network, and the order
  // of building must not hang on which answer came first.
  const allSurveyed = Promise.all(surveys);
  const paths = new Map<string, Promise<string>>();
  for (const [index, survey] of surveys.entries()) {
    const obtained = allSurveyed.then(async () => preparation.obtain(await survey));
    const folder = survey.then((found) => (found.cached ? found.folder : obtained));
    obtained.catch((error: unknown) => failed.abort(error));
    for (const program of wanted[index]?.programs ?? []) {
      const path = folder.then((found) => join(found, program));
      // A failure that nobody waits for yet must not count as unhandled: whoever asks gets it.
      path.catch(() => undefined);
      paths.set(program, path);
    }
  }

  const binary = (name: N): Promise<string> =>
    paths.get(name) ?? Promise.reject(new Error(`${name} was not asked for`));
  const all = async (): Promise<Record<N, string>> => {
    const names = wanted.flatMap(({ programs }) => programs);
    const pairs = await Promise.all(names.map(async (name) => [name, await binary(name)] as const));
    return Object.fromEntries(pairs) as Record<N, string>;
  };
  return { binary, all };
}
