/** A comparison of two volumes as the mover makes it that wrote one of them, by itself: no store is needed for it. */
import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import { setAttribute, writeOddTree } from '#test/fixtures/tree.ts';
import { type Compared, type CompareOrder, startCompare } from './run-compare.ts';

const run = promisify(execFile);

let folder: string;
let source: string;
let target: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-compare-'));
  source = join(folder, 'source');
  target = join(folder, 'target');
  await Promise.all([mkdir(source), mkdir(target)]);
});
afterEach(() => rm(folder, { recursive: true }));

const fully = { content: { mode: 'Full' } } as const;

const start = (order: Partial<CompareOrder> = fully, prefix?: readonly string[]) =>
  startCompare({ source, target, ...fully, ...order }, prefix);

const compare = (order?: Partial<CompareOrder>, prefix?: readonly string[]): Promise<Compared> =>
  start(order, prefix).found;

/** The target becomes what the source is, down to the times. */
const copy = () => run('cp', ['--archive', '--no-target-directory', source, target]);

it('two volumes of everything that a file system allows are the same, and every byte was read', async () => {
  await writeOddTree(source);
  await run('mkfifo', ['--mode=0640', join(source, 'pipe')]);
  await setAttribute(join(source, 'plain.txt'), 'user.origin', 'here');
  await copy();
  await mkdir(join(target, 'lost+found'));
  const running = start();
  const result = await running.found;
  expect(result).toMatchObject({
    outcome: 'Succeeded',
    verification: { result: 'Passed', mode: 'Full', mismatches: 0 },
  });
  expect(result.warnings).toBeUndefined();
  const { filesExpected, filesFound, filesRead, bytesRead } = result.verification ?? {};
  expect(filesFound).toBe(filesExpected);
  // Neither the empty file nor the second name of another.
  expect(filesRead).toBe(9);
  expect(bytesRead).toBeGreaterThan((3 << 20) + (8 << 20));
  expect((await running.lines)[0]).toMatchObject({ type: 'progress', phase: 'Verifying' });
});

it('a socket that a program left behind when it was killed is not missed', async () => {
  await writeFile(join(source, 'kept'), 'kept');
  await copy();
  const listen = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await run(process.execPath, ['--eval', listen, join(source, 'socket')]).catch(() => undefined);
  expect((await lstat(join(source, 'socket'))).isSocket()).toBe(true);
  const result = await compare();
  expect(result.verification).toMatchObject({ result: 'Passed', filesExpected: 2, filesFound: 2, mismatches: 0 });
});

describe('two volumes that differ', () => {
  const lateNames = ['one', 'two', 'three', 'four'];
  beforeEach(async () => {
    for (const name of lateNames) await writeFile(join(source, name), name);
    await writeFile(join(source, 'large'), incompressible(1 << 20));
    await mkdir(join(source, 'folder/inner'), { recursive: true });
    await symlink('one', join(source, 'pointer'));
    await copy();
  });
  const told = async (order: Partial<CompareOrder> = fully) => {
    const result = await compare(order);
    expect(result).toMatchObject({
      outcome: 'Failed',
      verification: { result: 'Failed' },
      failure: { class: 'VerificationFailed', retryable: false },
    });
    return result.verification?.mismatched ?? [];
  };

  it.each([
    ['a name that is gone', () => rm(join(target, 'one')), /^one: not there$/],
    [
      'a folder that is gone',
      () => rm(join(target, 'folder/inner'), { recursive: true }),
      /^folder\/inner: not there, with all/,
    ],
    ['a name too many', () => writeFile(join(target, 'extra'), ''), /^extra: a file that the source does not have$/],
    [
      'a name of other bytes',
      () => rename(join(target, 'one'), Buffer.concat([Buffer.from(`${target}/caf`), Buffer.from([0xe9])])),
      /^caf\\xe9: a file that/,
    ],
    [
      'another kind',
      async () => {
        await rm(join(target, 'one'));
        await run('mkfifo', [join(target, 'one')]);
      },
      /^one: a FIFO instead of a file$/,
    ],
    ['another size', () => writeFile(join(target, 'one'), 'four'), /^one: 4 bytes instead of 3 bytes/],
    ['other permissions', () => chmod(join(target, 'one'), 0o4644), /^one: mode 4644 instead of 0644$/],
    ['another owner', () => chown(join(target, 'one'), 7, 0), /^one: owner 7:0 instead of 0:0$/],
    [
      'another time',
      () => run('touch', ['--date=1960-02-03T04:05:06.7Z', join(target, 'one')]),
      /^one: changed at 1960-02-03T04:05:06.700000000Z instead of 2/,
    ],
    [
      'another target of a link',
      async () => {
        await run('ln', ['-sfn', 'two', join(target, 'pointer')]);
      },
      /^pointer: points to two instead of one/,
    ],
    [
      'another extended attribute',
      () => setAttribute(join(target, 'one'), 'user.origin', 'elsewhere'),
      /^one: an attribute user.origin too many$/,
    ],
    [
      'names that became one file',
      async () => {
        await rm(join(target, 'two'));
        await link(join(target, 'one'), join(target, 'two'));
      },
      /^two: .*one file with one instead of a file of its own/,
    ],
  ])('are told by %s', async (_, change, expected) => {
    await change();
    // Of a folder that something was added to or taken from the time is another, too.
    expect(await told()).toContainEqual(expect.stringMatching(expected));
  });

  it('are told by one byte of the content, though size and time are the same', async () => {
    await changeByte(join(target, 'large'), 700_000);
    await run('touch', [`--reference=${join(source, 'large')}`, join(target, 'large')]);
    expect(await told()).toEqual(['large: other content from byte 700000']);
  });

  it('are told by the first twenty differences, and by how many there are', async () => {
    for (let index = 100; index < 400; index += 1) await writeFile(join(target, `extra-${index}`), '');
    const result = await compare();
    expect(result.verification?.mismatches).toBe(300);
    expect(result.verification?.mismatched).toHaveLength(20);
    expect(result.failure?.message).toMatch(/^300 differences from the source, the first: extra-100: a file/);
  });
});

describe('a sample', () => {
  beforeEach(async () => {
    for (let index = 0; index < 400; index += 1) await writeFile(join(source, `file-${index}`), `${index}`);
    await writeFile(join(source, 'empty'), '');
    await copy();
  });
  const sampled = (more: object) => compare({ content: { mode: 'Sample', seed: 'uid of the run', ...more } });

  it('has a twentieth of the files, and a hundred at least', async () => {
    expect((await sampled({})).verification).toMatchObject({ mode: 'Sample', filesRead: 100 });
    const { filesRead = 0 } = (await sampled({ minimumFiles: 0, percent: 50 })).verification ?? {};
    expect(filesRead).toBeGreaterThan(150);
    expect(filesRead).toBeLessThan(250);
  });

  it('is the same for the same seed and finds what is wrong in it, and nothing in others', async () => {
    for (let index = 0; index < 400; index += 1) {
      await writeFile(join(target, `file-${index}`), `${index}`.replace(/.$/, 'x'));
      await run('touch', [`--reference=${join(source, `file-${index}`)}`, join(target, `file-${index}`)]);
    }
    const first = await sampled({ minimumFiles: 10, percent: 1 });
    const second = await sampled({ minimumFiles: 10, percent: 1 });
    const other = await sampled({ minimumFiles: 10, percent: 1, seed: 'another' });
    const wrong = ({ verification }: Compared) => verification?.mismatched?.toSorted();
    expect(first.verification?.mismatches).toBe(first.verification?.filesRead);
    expect(wrong(second)).toEqual(wrong(first));
    expect(wrong(other)).not.toEqual(wrong(first));
  });
});

it('the folder of a volume itself may be another, and that is told', async () => {
  await writeFile(join(source, 'one'), 'one');
  await copy();
  await chmod(target, 0o2775);
  await chown(target, 0, 7);
  const result = await compare();
  expect(result.outcome).toBe('Succeeded');
  expect(result.warnings).toEqual([
    "the volume's own folder is another: mode 2775 instead of 0755, owner 0:7 instead of 0:0",
  ]);
});

it('what may not be read is told and does not count as the same', async () => {
  await mkdir(join(source, 'closed'));
  await writeFile(join(source, 'secret'), 'for one', { mode: 0o600 });
  for (const name of ['closed', 'secret']) await chown(join(source, name), 1000, 1000);
  await chmod(join(source, 'closed'), 0o700);
  await copy();
  const withoutPrivileges = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override'];
  const result = await compare(fully, withoutPrivileges);
  expect(result.outcome).toBe('Failed');
  expect(result.verification?.mismatched?.toSorted()).toEqual([
    'closed: cannot be listed in the source (EACCES)',
    'closed: cannot be listed in the target (EACCES)',
    'secret: cannot be read (EACCES)',
  ]);
});

it('a volume that is not mounted, or mounted twice, is no success', async () => {
  const missing = await compare({ target: join(folder, 'missing') });
  expect(missing.failure?.retryable).toBe(false);
  expect(missing.failure?.message).toMatch(/no folder .*missing: is the volume mounted there/);
  const same = await compare({ target: source });
  expect(same.failure?.message).toMatch(/are one volume/);
});

it('a comparison ends when it is told to', async () => {
  for (const root of [source, target]) {
    await writeFile(join(root, 'large'), '');
    await truncate(join(root, 'large'), 2 ** 38);
    await run('touch', ['--date=2001-01-01', join(root, 'large')]);
  }
  const running = start();
  const hasBegun = async () => (await run('ls', ['-l', `/proc/${running.child.pid}/fd`])).stdout.includes('/large');
  await waitUntil('the file to be read', hasBegun, { timeoutMs: 30_000 });
  running.child.kill('SIGTERM');
  expect(await running.found).toMatchObject({ outcome: 'Failed', failure: { isCanceled: true } });
});

async function changeByte(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 0xff]), 0, 1, at);
  await file.close();
}
