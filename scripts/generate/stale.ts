/** Compares what is generated with what is on disk, and brings the disk up to date. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** The lines that differ, `-` on disk and `+` as generated, at most `limit` of each. */
export function shortDiff({ actual = '', expected = '' }: StaleFile, limit = 5): string {
  const [old, now] = [actual.split('\n'), expected.split('\n')];
  const sameUntil = old.findIndex((line, at) => line !== now[at]);
  const start = sameUntil < 0 ? old.length : sameUntil;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - start && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return [
    `  @ line ${start + 1}`,
    ...shown(old.slice(start, old.length - tail), '-', limit),
    ...shown(now.slice(start, now.length - tail), '+', limit),
  ].join('\n');
}

function shown(lines: readonly string[], sign: string, limit: number): string[] {
  const rest = lines.length - limit;
  return [
    ...lines.slice(0, limit).map((line) => `  ${sign} ${line}`),
    ...(rest > 0 ? [`  ${sign} … ${rest} more`] : []),
  ];
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
