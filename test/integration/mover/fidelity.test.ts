/**
 * What comes back of everything that a file system keeps, by way of a backup and a restore: all of it where the mover is root, and
 * where it is not, all but what only root can give, which is said. That it came back is held by a comparison, a third mover.
 */
import { chmod, chown, lchown, link, lutimes, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { run } from '#cluster/command.ts';
import { fileKeeper } from '#contracts/pod/restricted.ts';
import { getAttribute, setAttribute, sparseBytes, writeOddTree } from '#test/fixtures/tree.ts';
import { type Trial, useTrials } from './trial.ts';
import { unprivilegedRestic } from './workbench.ts';

let trial: Trial;
useTrials((begun) => {
  trial = begun;
});

/** Root as in a mover's pod: with the capabilities that the pod has, and no more. */
const asRoot = [
  'setpriv',
  `--bounding-set=-all,${fileKeeper.capabilities.add.map((capability) => `+${capability.toLowerCase()}`).join(',')}`,
  '--inh-caps=-all',
];
/** A user who owns nothing and may write nothing of others; what he may read is no matter of these tests. */
const asNobody = [
  'setpriv',
  '--reuid=65532',
  '--regid=65532',
  '--clear-groups',
  '--inh-caps=-all,+dac_read_search',
  '--ambient-caps=-all,+dac_read_search',
];

/** `user::rw-,user:5:rw-,group::r--,mask::rw-,other::r--` as the kernel keeps it. */
const accessList = '0x0200000001000600ffffffff020006000500000004000400ffffffff10000600ffffffff20000400ffffffff';
/** `cap_net_bind_service=ep`, as the kernel keeps it. */
const capability = '0x0100000200040000000000000000000000000000';

beforeEach(async () => {
  await trial.create();
  const path = (name: string) => join(trial.source, name);
  await writeOddTree(trial.source);
  await run('mkfifo', ['--mode=0640', path('pipe')]);
  await run('mknod', ['--mode=0600', path('device'), 'c', '1', '3']);
  await mkdir(path('for all/of us'), { recursive: true });
  await writeFile(path('for all/mine'), 'mine');
  await link(path('for all/mine'), path('for all/mine too'));
  await chmod(path('for all'), 0o1777);
  await symlink('mine', path('for all/link'));
  await lutimes(path('for all/link'), 1, 2);
  await writeFile(path('listed'), 'access list');
  await setAttribute(path('listed'), 'user.origin', 'here');
  await setAttribute(path('listed'), 'system.posix_acl_access', accessList);
  await writeFile(path('future'), 'not yet');
  await utimes(path('future'), 7_000_000_000, 7_000_000_000);
  await writeFile(path('past'), 'long ago');
  await utimes(path('past'), -300_000_000.5, -300_000_000.5);
});

/** Files of several users, and what only root can give. */
async function giveAway(): Promise<void> {
  const path = (name: string) => join(trial.source, name);
  for (const name of ['plain.txt', 'for all/mine', 'pipe']) await chown(path(name), 33, 44);
  await lchown(path('dangling link'), 33, 33);
  await chmod(path('for all/mine'), 0o6750);
  await setAttribute(path('program'), 'security.capability', capability);
  await chown(trial.source, 999, 999);
  await chmod(trial.source, 0o2770);
}

it('everything comes back by a mover that is root with what its pod may: owners, lists, capabilities, the folder itself', async () => {
  await giveAway();
  await mkdir(join(trial.target, 'lost+found'), { mode: 0o700 });
  const circumstances = { prefix: asRoot };
  const { result: made } = await trial.backup({}, circumstances);
  const restored = await trial.restore(made.snapshotID ?? '', { verify: 'Checksum' }, circumstances);
  expect(restored).toMatchObject({ exitCode: 0, result: { verification: { result: 'Passed', mismatches: 0 } } });
  expect(restored.result.warnings).toBeUndefined();
  const result = await trial.compare(circumstances);
  expect(result.failure?.message).toBeUndefined();
  expect(result).toMatchObject({ outcome: 'Succeeded', verification: { mismatches: 0 } });
  expect(result.warnings).toBeUndefined();
  const { onDisk, size } = sparseBytes(trial.target);
  expect(onDisk).toBeLessThan(size / 4);
});

it('without privileges all comes back but what only root can give, and that is said', async () => {
  await giveAway();
  await chown(trial.target, 65532, 65532);
  const snapshotID = await trial.made();
  const { exitCode, result } = await trial.restore(snapshotID, { verify: 'Checksum' }, { prefix: asNobody });
  // Nobody but root makes devices.
  expect(exitCode).toBe(2);
  expect(result.verification?.mismatched).toContainEqual(expect.stringMatching(/device: .*operation not permitted/));
  await rm(join(trial.source, 'device'));
  const again = await trial.restore(await trial.made(), {}, { prefix: asNobody });
  expect(again).toMatchObject({ exitCode: 0, result: { verification: { result: 'Passed', mismatches: 0 } } });
  expect(again.result.warnings).toEqual([
    expect.stringMatching(/itself is not as in the snapshot: owner 65532:65532 instead of 999:999/),
    expect.stringMatching(/^\d+ files and folders belong to others .*runAsUser: 0\); the first: \/.*: owner 6/),
  ]);
  expect(await getAttribute(join(trial.target, 'listed'), 'user.origin')).toBe('here');
  const compared = await trial.compare({ prefix: asNobody });
  expect(compared.failure?.message).toMatch(/belong to others, and only movers that run as root keep owners/);
});

it('without privileges all comes back of files that belong to the mover', async () => {
  await run('rm', [join(trial.source, 'device')]);
  await run('chown', ['--recursive', '--no-dereference', '65532:65532', trial.source, trial.target]);
  await chmod(join(trial.source, 'program'), 0o4755);
  const circumstances = { prefix: asNobody };
  const { result: made } = await trial.backup({}, circumstances);
  const { exitCode, result } = await trial.restore(made.snapshotID ?? '', { verify: 'Checksum' }, circumstances);
  expect(result.failure?.message).toBeUndefined();
  expect(exitCode).toBe(0);
  expect(result.warnings).toBeUndefined();
  const compared = await trial.compare(circumstances);
  expect(compared.failure?.message).toBeUndefined();
  expect(compared.outcome).toBe('Succeeded');
});

it('a second restore puts right what was changed and removes what does not belong, but not what is the file system’s own', async () => {
  const snapshotID = await trial.made();
  await mkdir(join(trial.target, 'lost+found'), { mode: 0o700 });
  await writeFile(join(trial.target, 'lost+found/#12'), 'a fragment');
  await trial.restore(snapshotID);
  await chmod(join(trial.target, 'program'), 0o600);
  await chown(join(trial.target, 'future'), 7, 7);
  await setAttribute(join(trial.target, 'listed'), 'user.origin', 'elsewhere');
  await writeFile(join(trial.target, 'extraneous'), '');
  const order = { overwrite: 'IfChanged', deleteExtraneous: true, verify: 'Checksum' } as const;
  const { exitCode } = await trial.restore(snapshotID, order);
  expect(exitCode).toBe(0);
  expect(await trial.compare()).toMatchObject({ outcome: 'Succeeded' });
  await run('test', ['-f', join(trial.target, 'lost+found/#12')]);
});

it('a backup without privileges minds nothing that is the file system’s own', async () => {
  await run('chown', ['--recursive', '--no-dereference', '65534:65534', trial.source]);
  await mkdir(join(trial.source, 'lost+found'), { mode: 0o700 });
  const { exitCode, result } = await trial.backup({}, { restic: await unprivilegedRestic(trial.workbench) });
  expect(result.failure?.message).toBeUndefined();
  expect(exitCode).toBe(0);
});
