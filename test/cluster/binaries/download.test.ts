// Downloads against a real HTTP server on this machine that lays out files as a mirror does: host/path.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../command.ts';
import { goArch } from './cache.ts';
import type { BinaryGroup } from './catalog.ts';
import { Downloader, publishedChecksum } from './download.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

const single: BinaryGroup = {
  version: 'v1.2.3',
  module: 'unused',
  programs: { first: 'example.com/first', second: 'example.com/second' },
  download: { url: 'https://dl.example.com/{version}/{binary}', checksums: '{url}.sha256', format: 'file' },
  buildSeconds: 1,
};

let served: Map<string, string | Buffer>;
let server: Server;
let base: string;
let into: string;

beforeEach(async () => {
  served = new Map();
  server = createServer((request, response) => {
    const content = served.get(request.url ?? '');
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  into = await mkdtemp(join(tmpdir(), 'download-'));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(into, { recursive: true, force: true });
});

function serve(path: string, content: string | Buffer, checksum = sha256(content)): void {
  served.set(path, content);
  served.set(`${path}.sha256`, checksum);
}

describe('a group published as single files', () => {
  it('is fetched when each file has the published checksum, and can be run', async () => {
    serve('/dl.example.com/v1.2.3/first', '#!/bin/sh\necho first\n');
    serve('/dl.example.com/v1.2.3/second', '#!/bin/sh\necho second\n');
    await new Downloader(base).fetch(single, into);
    expect((await readdir(into)).sort()).toEqual(['first', 'second']);
    expect(await run(join(into, 'second'), [])).toBe('second\n');
  });

  it('is refused, with both checksums, when one file is not what was published', async () => {
    serve('/dl.example.com/v1.2.3/first', 'tampered', sha256('original'));
    serve('/dl.example.com/v1.2.3/second', 'second');
    await expect(new Downloader(base).fetch(single, into)).rejects.toThrow(
      `first has SHA-256 ${sha256('tampered')}, but ${sha256('original')} is published`,
    );
  });

  it('is refused when no checksum is published', async () => {
    served.set('/dl.example.com/v1.2.3/first', 'first');
    await expect(new Downloader(base).fetch(single, into)).rejects.toThrow('first.sha256: HTTP 404');
  });

  it('is refused when a file is missing', async () => {
    served.set('/dl.example.com/v1.2.3/first.sha256', sha256('first'));
    await expect(new Downloader(base).fetch(single, into)).rejects.toThrow('first: HTTP 404');
  });
});

it('takes each program out of an archive at its place, from a list of checksums', async () => {
  const group: BinaryGroup = {
    ...single,
    download: {
      url: 'https://dl.example.com/tools-{number}-linux.tar.gz',
      checksums: 'https://dl.example.com/SHA256SUMS',
      format: 'tar.gz',
      member: 'tools-{number}/{binary}',
    },
  };
  const script =
    'mkdir tools-1.2.3 && echo 1 >tools-1.2.3/first && echo 2 >tools-1.2.3/second && tar -czf a.tar.gz tools-1.2.3';
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  await run('sh', ['-ec', script], { cwd: folder });
  const archive = await readFile(join(folder, 'a.tar.gz'));
  await rm(folder, { recursive: true });
  served.set('/dl.example.com/tools-1.2.3-linux.tar.gz', archive);
  served.set(
    '/dl.example.com/SHA256SUMS',
    `${sha256('x')}  other.tar.gz\n${sha256(archive)}  tools-1.2.3-linux.tar.gz\n`,
  );
  await new Downloader(base).fetch(group, into);
  expect((await readdir(into)).sort()).toEqual(['first', 'second']);
  expect(await readFile(join(into, 'second'), 'utf8')).toBe('2\n');
  expect((await stat(join(into, 'first'))).mode & 0o777).toBe(0o755);
});

it('unpacks a program published as a compressed file', async () => {
  const group: BinaryGroup = {
    ...single,
    programs: { tool: 'example.com/tool' },
    download: { url: 'https://dl.example.com/tool_{arch}.bz2', checksums: '{url}.sha256', format: 'bz2' },
  };
  await run('sh', ['-ec', 'printf unpacked >tool && bzip2 tool'], { cwd: into });
  serve(`/dl.example.com/tool_${goArch()}.bz2`, await readFile(join(into, 'tool.bz2')));
  await new Downloader(base).fetch(group, into);
  expect(await readFile(join(into, 'tool'), 'utf8')).toBe('unpacked');
});

describe('a host', () => {
  it('counts as reachable when it answers anything at all', async () => {
    expect(await new Downloader(base).reachable(single)).toBe(true);
  });

  it('counts as unreachable when it refuses the connection', async () => {
    server.close();
    expect(await new Downloader(base).reachable(single)).toBe(false);
  });

  it('that never answers is given up after two seconds and asked once only', async () => {
    let questions = 0;
    server.removeAllListeners('request');
    server.on('request', () => (questions += 1));
    const downloader = new Downloader(base);
    const started = performance.now();
    const answers = await Promise.all([downloader.reachable(single), downloader.reachable(single)]);
    expect(answers).toEqual([false, false]);
    expect(questions).toBe(1);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('is not asked when downloads are off', async () => {
    expect(await new Downloader('off').reachable(single)).toBe(false);
  });
});

describe('a list of checksums', () => {
  const sum = sha256('a');
  it.each([
    ['the sum alone', `${sum}\n`],
    ['a line of the file', `${sha256('b')}  other\n${sum}  file\n`],
    ['a line of the file in binary mode', `${sum} *file\n`],
    ['a line with the folder it was made in', `${sum}  release/file\n`],
  ])('may be %s', (_form, list) => {
    expect(publishedChecksum(list, 'file')).toBe(sum);
  });

  it.each([
    ['without the file', `${sum}  other\n`],
    ['that is a page of HTML', '<html><body>Not found</body></html>'],
    ['that is empty', ''],
  ])('%s is refused', (_form, list) => {
    expect(() => publishedChecksum(list, 'file')).toThrow('no checksum is published for file');
  });
});
