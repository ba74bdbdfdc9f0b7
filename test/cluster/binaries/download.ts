// Fetches a group's finished build from where its project publishes it and believes it only with the published SHA-256.
// Relies on undici (honours HTTPS_PROXY) and on the host's `tar`.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { run } from '../command.ts';
import { goArch } from './cache.ts';
import type { BinaryGroup, Download } from './catalog.ts';

/** How long a host may take to say anything at all before it counts as unreachable, milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;
/** How long a transfer may stand still before it is given up, milliseconds. */
const STALL_TIMEOUT_MS = 30_000;

/** Fetches finished builds; knows which hosts answer. */
export class Downloader {
  readonly #base: string | undefined;
  readonly #dispatcher = new EnvHttpProxyAgent({ headersTimeout: STALL_TIMEOUT_MS, bodyTimeout: STALL_TIMEOUT_MS });
  readonly #probes = new Map<string, Promise<boolean>>();

  /**
   * `base`, usually from `DOKKERR_DOWNLOAD_BASE`, stands in front of every address: with `http://mirror`,
   * `https://dl.k8s.io/x` is fetched from `http://mirror/dl.k8s.io/x`. `off` turns downloads off.
   */
  constructor(base?: string) {
    this.#base = base?.replace(/\/+$/, '');
  }

  /** Whether the host that publishes this group answers; asked once for each host, never longer than 2 s. */
  reachable(group: BinaryGroup): Promise<boolean> {
    if (group.download === undefined || this.#base === 'off') return Promise.resolve(false);
    const { origin } = new URL(this.#address(group.download.url));
    let probe = this.#probes.get(origin);
    if (probe === undefined) {
      probe = this.#probe(origin);
      this.#probes.set(origin, probe);
    }
    return probe;
  }

  /**
   * Puts the group's programs into the folder `into`. Rejects when a file is not there, cannot be fetched, or does not
   * have the published checksum; then nothing in `into` may be used.
   */
  async fetch(group: BinaryGroup, into: string, signal?: AbortSignal): Promise<void> {
    const { download } = group;
    if (download === undefined) throw new Error('nothing is published for download');
    const scratch = await mkdtemp(join(into, '.download-'));
    const programs = Object.keys(group.programs);
    try {
      if (download.format !== 'tar.gz') {
        for (const program of programs) {
          const fetched = await this.#fetchOne(group, download, program, scratch, signal);
          if (download.format === 'bz2') await run('bzip2', ['--decompress', fetched]);
          await copyFile(fetched.replace(/\.bz2$/, ''), join(into, program));
        }
      } else {
        const archive = await this.#fetchOne(group, download, '', scratch, signal);
        const members = programs.map((program) => fill(download.member ?? program, group, program));
        await run('tar', ['-xzf', archive, '-C', scratch, ...members], signal === undefined ? {} : { signal });
        for (const [index, program] of programs.entries()) {
          await copyFile(join(scratch, members[index] ?? program), join(into, program));
        }
      }
      for (const program of programs) await chmod(join(into, program), 0o755);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  async #fetchOne(
    group: BinaryGroup,
    download: Download,
    program: string,
    scratch: string,
    signal?: AbortSignal,
  ): Promise<string> {
    const url = fill(download.url, group, program);
    const fileName = basename(url);
    const list = await (await this.#get(fill(download.checksums, group, program, url), signal)).text();
    const expected = publishedChecksum(list, fileName);
    const file = join(scratch, 'fetched', fileName);
    await mkdir(dirname(file), { recursive: true });
    const response = await this.#get(url, signal);
    const hash = createHash('sha256');
    await pipeline(
      Readable.from(response.body ?? []),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file),
    );
    const actual = hash.digest('hex');
    if (actual !== expected) throw new Error(`${fileName} has SHA-256 ${actual}, but ${expected} is published`);
    return file;
  }

  async #get(url: string, signal?: AbortSignal): Promise<Response> {
    const address = this.#address(url);
    const response = await fetch(address, {
      dispatcher: this.#dispatcher,
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      throw new Error(`${address}: ${reason(error)}`, { cause: error });
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`${address}: HTTP ${response.status}`);
  }

  async #probe(origin: string): Promise<boolean> {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const options = { method: 'HEAD', redirect: 'manual', signal, dispatcher: this.#dispatcher } as const;
    return fetch(origin, options).then(
      () => true,
      () => false,
    );
  }

  #address(url: string): string {
    return this.#base === undefined ? url : `${this.#base}/${url.replace(/^https:\/\//, '')}`;
  }
}

/**
 * The SHA-256 that a published list gives for a file: the list is either that sum alone or lines of
 * `<sum>  <file name>`. Throws when the file is not in it.
 */
export function publishedChecksum(list: string, fileName: string): string {
  const lines = list.split('\n').map((line) => line.trim().split(/\s+/));
  const line =
    lines.find(([, name]) => basename(name?.replace(/^\*/, '') ?? '') === fileName) ??
    (lines[0]?.length === 1 ? lines[0] : []);
  const sum = line[0]?.toLowerCase();
  if (sum === undefined || !/^[0-9a-f]{64}$/.test(sum)) throw new Error(`no checksum is published for ${fileName}`);
  return sum;
}

function fill(template: string, group: BinaryGroup, program: string, url = ''): string {
  const values: Readonly<Record<string, string>> = {
    version: group.version,
    number: group.version.replace(/^v/, ''),
    arch: goArch(),
    binary: program,
    url,
  };
  return template.replace(/\{(\w+)\}/g, (braces, name: string) => values[name] ?? braces);
}

/** undici says "fetch failed" and keeps what happened in `cause`. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
