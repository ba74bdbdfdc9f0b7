/** Compares what is generated with what is on disk, and brings the disk up to date. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diff } from 'node:util';
import { type GeneratedFile, type Generator, marker } from './registry.ts';

/** A file whose text on disk is not what it should be. */
export interface StaleFile {
  readonly path: string;
  /** `undefined` where there is no file */
  readonly actual: string | undefined;
  /** `undefined` where there should be no file */
  readonly expected: string | undefined;
}

/** The files below `root` that are not as `generator` makes them, also those it no longer makes. */
export async function findStale(root: string, generator: Generator): Promise<StaleFile[]> {
  const files = await generator.generate();
  const compared = await Promise.all(files.map((file) => compare(root, file)));
  return [...compared.filter((file) => file.actual !== file.expected), ...(await leftOver(root, generator, files))];
}

/** Writes or removes one stale file. */
export async function refresh(root: string, { path, expected }: StaleFile): Promise<void> {
  const target = join(root, path);
  if (expected === undefined) {
    await rm(target);
  } else {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, expected);
  }
}

/** The lines that differ, `-` on disk and `+` as generated, the first `limit` of them. */
export function shortDiff({ actual = '', expected = '' }: StaleFile, limit = 10): string {
  // 1 marks a line that only the first argument has, -1 one that only the second has.
  const changed = diff(actual.split('\n'), expected.split('\n')).filter(([side]) => side !== 0);
  const lines = changed.slice(0, limit).map(([side, line]) => `  ${side === 1 ? '-' : '+'} ${line}`);
  return [...lines, ...(changed.length > limit ? [`  … ${changed.length - limit} more`] : [])].join('\n');
}

async function compare(root: string, { path, content }: GeneratedFile): Promise<StaleFile> {
  return { path, actual: await readIfThere(join(root, path)), expected: content };
}

async function leftOver(root: string, generator: Generator, files: readonly GeneratedFile[]): Promise<StaleFile[]> {
  const made = new Set(files.map((file) => file.path));
  const others = (await listIfThere(join(root, generator.folder)))
    .map((name) => `${generator.folder}/${name}`)
    .filter((path) => !made.has(path));
  const read = await Promise.all(
    others.map(async (path) => ({ path, actual: await readFile(join(root, path), 'utf8') })),
  );
  return read
    .filter(({ actual }) => actual.split('\n', 1).join().includes(marker))
    .map((file) => ({ ...file, expected: undefined }));
}

function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(onlyAbsence(undefined));
}

async function listIfThere(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(onlyAbsence([]));
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** Turns "no such file" into a value, and nothing else. */
function onlyAbsence<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value;
    throw error;
  };
}
