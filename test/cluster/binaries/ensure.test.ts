// Preparing programs for real: a Go module of one file, a cache of its own, a local server in place of the world.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../command.ts';
import type { BinaryGroup } from './catalog.ts';
import { type EnsureOptions, startGroups } from './ensure.ts';

// A cold build compiles Go's standard library.
vi.setConfig({ testTimeout: 120_000 });

const goTool = 'echo "$PATH" | tr : "\\n" | while read d; do [ -x "$d/go" ] && echo "$d/go" && break; done';

const group: BinaryGroup = {
  version: 'v1.0.0',
  module: 'hello',
  ownSource: true,
  standsAlone: true,
  programs: { hello: 'example.com/hello' },
  download: { url: 'https://dl.example.com/{binary}', checksums: '{url}.sha256', format: 'file' },
  buildSeconds: 1,
};

let root: string;
let lines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ensure-'));
  lines = [];
  await mkdir(join(root, 'modules/hello'), { recursive: true });
  await writeFile(join(root, 'modules/hello/go.mod'), 'module example.com/hello\n\ngo 1.26\n');
  await writeFile(join(root, 'modules/hello/go.sum'), '');
  await writeFile(join(root, 'modules/hello/main.go'), 'package main\n\nfunc main() { print("hello") }\n');
});

afterEach(() => rm(root, { recursive: true, force: true }));

function options(change: Partial<EnsureOptions> = {}): EnsureOptions {
  return {
    // How often a build says that it goes on depends on the machine: the first one compiles Go's own packages too.
    onProgress: (line) => void (line.includes('still building') || lines.push(line)),
    cache: join(root, 'cache'),
    modules: join(root, 'modules'),
    downloadBase: 'off',
    ...change,
  };
}

const prepare = (change?: Partial<EnsureOptions>, of: BinaryGroup = group) =>
  startGroups([{ name: 'hello', group: of, programs: ['hello'] }], options(change));

const shelf = () => readdir(join(root, 'cache/bin'));

describe('a program', () => {
  it('is built once and found in the cache afterwards', async () => {
    const { hello } = await prepare().all();
    expect((await stat(hello)).mode & 0o111).toBe(0o111);
    expect(lines).toEqual([
      expect.stringMatching(/^hello v1\.0\.0: building/),
      expect.stringMatching(/built in \d+ s$/),
    ]);
    lines.length = 0;
    expect(await prepare().all()).toEqual({ hello });
    expect(lines).toEqual([]);
  });

  it('is built anew, beside the old one, when its source changes', async () => {
    const before = await prepare().binary('hello');
    await writeFile(join(root, 'modules/hello/main.go'), 'package main\n\nfunc main() { print("bye") }\n');
    expect(await prepare().binary('hello')).not.toBe(before);
    expect((await shelf()).filter((entry) => !entry.endsWith('.lock'))).toHaveLength(2);
  });

  it('is built when its host cannot be reached, and nothing is said of it', async () => {
    await prepare({ downloadBase: 'http://127.0.0.1:9' }).all();
    expect(lines).toEqual([expect.stringMatching(/building from source/), expect.stringMatching(/built in/)]);
  });

  it('that does not compile is refused with what the compiler said, and leaves nothing behind', async () => {
    await writeFile(join(root, 'modules/hello/main.go'), 'package main\n\nfunc main() { undefinedName() }\n');
    await expect(prepare().all()).rejects.toThrow(/^hello v1\.0\.0: [\s\S]*undefined: undefinedName/);
    expect((await shelf()).filter((entry) => !entry.endsWith('.lock'))).toEqual([]);
  });

  it('does not come from a module whose checksums would have to change', async () => {
    const goMod = join(root, 'modules/hello/go.mod');
    await writeFile(goMod, 'module example.com/hello\n\ngo 1.26\n\nrequire golang.org/x/text v0.40.0\n');
    const source = 'package main\n\nimport _ "golang.org/x/text/language"\n\nfunc main() {}\n';
    await writeFile(join(root, 'modules/hello/main.go'), source);
    await withEnv({ GOFLAGS: '-mod=mod' }, async () => {
      await expect(prepare().all()).rejects.toThrow('missing go.sum entry');
    });
    expect(await readFile(join(root, 'modules/hello/go.sum'), 'utf8')).toBe('');
  });

  it('of a workspace is built with what that gives, and anew when that changes', async () => {
    const modules = join(root, 'modules');
    await mkdir(join(modules, 'greeting'));
    const library = join(modules, 'greeting/greeting.go');
    await writeFile(join(modules, 'greeting/go.mod'), 'module example.com/greeting\n\ngo 1.26\n');
    await writeFile(join(modules, 'greeting/go.sum'), '');
    await writeFile(library, 'package greeting\n\nconst Word = "good day"\n');
    const source = 'package main\n\nimport "example.com/greeting"\n\nfunc main() { println(greeting.Word) }\n';
    await writeFile(join(modules, 'hello/main.go'), source);
    await writeFile(join(modules, 'go.work'), 'go 1.26\n\nuse (\n\t./greeting\n\t./hello\n)\n');
    await writeFile(join(modules, 'go.work.sum'), '');
    const part = { ...group, standsAlone: false };

    const before = await prepare({}, part).binary('hello');
    expect((await run('sh', ['-c', `${before} 2>&1`])).trim()).toBe('good day');
    await writeFile(library, 'package greeting\n\nconst Word = "good night"\n');
    await writeFile(join(modules, 'greeting/go.mod'), 'module example.com/greeting // newer\n\ngo 1.26\n');
    const after = await prepare({}, part).binary('hello');
    expect((await run('sh', ['-c', `${after} 2>&1`])).trim()).toBe('good night');
  });

  it('that was not asked for is refused by name', async () => {
    const set = startGroups<string>([{ name: 'hello', group, programs: ['hello'] }], options());
    await expect(set.binary('other')).rejects.toThrow('other was not asked for');
    await set.all();
  });
});

describe('where the official release can be reached, a program', () => {
  let server: Server;
  let checksum: string;
  const release = '#!/bin/sh\necho released\n';

  beforeEach(async () => {
    checksum = createHash('sha256').update(release).digest('hex');
    server = createServer((request, response) => {
      if (request.url === '/dl.example.com/hello') response.end(release);
      else if (request.url === '/dl.example.com/hello.sha256') response.end(checksum);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('is the released one', async () => {
    const { hello } = await prepare({ downloadBase: base() }).all();
    expect(await run(hello, [])).toBe('released\n');
    expect(lines).toEqual([expect.stringMatching(/^hello v1\.0\.0: downloaded in \d+ s$/)]);
  });

  it('is built, and the reason said, when the release does not have the published checksum', async () => {
    checksum = '0'.repeat(64);
    const { hello } = await prepare({ downloadBase: base() }).all();
    expect(await run(hello, [])).not.toContain('released');
    expect(lines[0]).toMatch(
      /^hello v1\.0\.0: not downloaded, will be built instead: hello has SHA-256 [0-9a-f]{64}, but 0{64} is published$/,
    );
    expect(lines.at(-1)).toMatch(/built in/);
  });

  it('is built, and the reason said, when it is not there', async () => {
    const download = { url: 'https://dl.example.com/gone', checksums: '{url}.sha256', format: 'file' } as const;
    await prepare({ downloadBase: base() }, { ...group, download }).all();
    expect(lines[0]).toMatch(/will be built instead: http:.*\/gone\.sha256: HTTP 404$/);
    expect(lines.at(-1)).toMatch(/built in/);
  });
});

describe('two that want the same program at once', () => {
  it('get one build between them', async () => {
    const [first, second] = await Promise.all([prepare().all(), prepare().all()]);
    expect(second).toEqual(first);
    expect(lines.filter((line) => line.includes('built in'))).toHaveLength(1);
    expect(lines).toContain('hello v1.0.0: waiting for another process that is preparing it');
  });

  it('do not wait for one that was killed', async () => {
    const { folder } = await keyOf();
    const holder = await holdLock(`${folder}.lock`);
    const waiting = prepare().all();
    await expect
      .poll(() => lines, { timeout: 10_000 })
      .toContainEqual(expect.stringMatching(/waiting for another process/));
    holder.kill('SIGKILL');
    await once(holder, 'close');
    await waiting;
    expect(lines.at(-1)).toMatch(/built in/);
  });

  it('stop waiting when they are told to', async () => {
    const { folder } = await keyOf();
    const holder = await holdLock(`${folder}.lock`);
    const controller = new AbortController();
    const waiting = prepare({ signal: controller.signal }).all();
    await expect
      .poll(() => lines, { timeout: 10_000 })
      .toContainEqual(expect.stringMatching(/waiting for another process/));
    controller.abort(new Error('told to stop'));
    await expect(waiting).rejects.toThrow('told to stop');
    holder.kill('SIGKILL');
    await once(holder, 'close');
  });

  it('clean up what one that was killed left half done', async () => {
    const { folder } = await keyOf();
    await mkdir(`${folder}.partial-abcdef`);
    await prepare().all();
    expect((await shelf()).filter((entry) => entry.includes('.partial-'))).toEqual([]);
  });
});

describe('without a toolchain that will do', () => {
  it('says which Go to install when there is none', async () => {
    await withEnv({ PATH: await pathWithout('go') }, async () => {
      await expect(prepare().all()).rejects.toThrow(
        'hello v1.0.0: no Go toolchain to build with: install Go 1.26 or later',
      );
    });
  });

  it('says which Go to install when it is too old and may not fetch a newer one', async () => {
    await writeFile(join(root, 'modules/hello/go.mod'), 'module example.com/hello\n\ngo 1.99.0\n');
    await withEnv({ GOTOOLCHAIN: 'local' }, async () => {
      await expect(prepare().all()).rejects.toThrow(
        /^hello v1\.0\.0: Go 1\.\d+(\.\d+)? is too old and GOTOOLCHAIN=local forbids a newer one: install Go 1\.99\.0 or later/,
      );
    });
  });
});

it('stops the others when one cannot be had', async () => {
  await mkdir(join(root, 'modules/broken'));
  await writeFile(join(root, 'modules/broken/go.mod'), 'module example.com/broken\n\ngo 1.26\n');
  await writeFile(join(root, 'modules/broken/go.sum'), '');
  await writeFile(join(root, 'modules/broken/main.go'), 'package main\n');
  const broken: BinaryGroup = { ...group, module: 'broken', programs: { broken: 'example.com/broken' } };
  const { folder } = await keyOf();
  const holder = await holdLock(`${folder}.lock`);
  const set = startGroups<string>(
    [
      { name: 'broken', group: broken, programs: ['broken'] },
      { name: 'hello', group, programs: ['hello'] },
    ],
    options(),
  );
  await expect(set.all()).rejects.toThrow(/^broken v1\.0\.0: /);
  await expect(set.binary('hello')).rejects.toThrow(/^broken v1\.0\.0: /);
  holder.kill('SIGKILL');
  await once(holder, 'close');
});

/** The folder the program will appear as, found by preparing it in another cache. */
async function keyOf(): Promise<{ folder: string }> {
  const elsewhere = await prepare({ cache: join(root, 'elsewhere'), onProgress: () => undefined }).binary('hello');
  const folder = dirname(elsewhere).replace('/elsewhere/', '/cache/');
  await mkdir(dirname(folder), { recursive: true });
  return { folder };
}

/** Another process that holds the lock until it is killed. */
async function holdLock(file: string): Promise<ChildProcess> {
  const holder = spawn('flock', ['--no-fork', file, 'sh', '-c', 'echo held; exec sleep infinity'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}

/** A PATH with everything of this one but the program. */
async function pathWithout(program: string): Promise<string> {
  const found = (await run('sh', ['-c', goTool])).trim();
  expect(found).toMatch(new RegExp(`/${program}$`));
  return (process.env.PATH ?? '')
    .split(':')
    .filter((folder) => folder !== dirname(found))
    .join(':');
}

/** Runs `work` with changed environment variables and puts them back. */
async function withEnv(change: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> {
  const before = Object.keys(change).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, change);
  try {
    await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
