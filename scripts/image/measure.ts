/** What the image costs: bytes on disk and on the wire, and the time from process start to what it first says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { run } from '#cluster/command.ts';
import { readLayers } from './archive.ts';

/** Bytes of all layers, as they lie unpacked and as a registry sends them. */
export interface ImageSize {
  readonly unpacked: number;
  readonly compressed: number;
}

/** Fastest and middle of some starts, milliseconds. */
export interface StartTime {
  readonly fastest: number;
  readonly median: number;
}

export interface Measurement {
  readonly size: ImageSize;
  /** To the end of `dokkerr version`. */
  readonly version: StartTime;
  /** Of `dokkerr controller` to its first log line, which follows the first answer of an API server. */
  readonly controller: StartTime;
}

const starts = 9;

/** Measures on this machine, outside a container: an OCI runtime adds its own time. */
export async function measure(archive: string): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), 'dokkerr-image-'));
  try {
    await run('tar', ['--extract', '--file', archive, '--directory', folder]);
    const layers = await readLayers(folder);
    const blobs = layers.map(({ digest }) => join(folder, 'blobs', ...digest.split(':')));
    const unpacked = await Promise.all(blobs.map(unpackedSize));
    const root = join(folder, 'root');
    await run('mkdir', [root]);
    for (const blob of blobs) await run('tar', ['--extract', '--file', blob, '--directory', root]);
    const program = [join(root, 'usr/local/bin/node'), join(root, 'usr/local/lib/dokkerr/dokkerr.js')] as const;
    return {
      size: { unpacked: sum(unpacked), compressed: sum(layers.map(({ size }) => size)) },
      version: await timeStarts(program, ['version']),
      controller: await timeController(program, folder),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unpackedSize(file: string): Promise<number> {
  let size = 0;
  await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) size += chunk.length;
  });
  return size;
}

/** Against a server that knows its version and nothing else, so the controller says that and ends. */
async function timeController(program: readonly [string, string], folder: string): Promise<StartTime> {
  const server = createServer((request, response) => {
    response.statusCode = request.url?.startsWith('/version') ? 200 : 404;
    response.setHeader('content-type', 'application/json').end('{"gitVersion":"v0.0.0"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'it',
        contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
        clusters: [{ name: 'it', cluster: { server: address } }],
        users: [{ name: 'it', user: { token: 'none' } }],
      }),
    );
    return await timeStarts(program, ['controller', '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0']);
  } finally {
    server.close();
  }
}

async function timeStarts([node, script]: readonly [string, string], args: string[]): Promise<StartTime> {
  const times: number[] = [];
  for (let start = 0; start < starts; start++) times.push(await timeFirstOutput(node, [script, ...args]));
  times.sort((a, b) => a - b);
  return { fastest: times[0] ?? 0, median: times[Math.floor(starts / 2)] ?? 0 };
}

async function timeFirstOutput(program: string, args: string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const first = await Promise.race([once(child.stdout, 'data').then(() => performance.now()), ended]);
  child.stdout.resume();
  await ended;
  if (typeof first !== 'number') throw new Error(`${program} ${args.join(' ')} said nothing`);
  return first - started;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
