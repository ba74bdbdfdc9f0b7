/** The examples of migrations, each applied as it stands to the Container of `container.yaml`, and seen through to where its page says it ends. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Migration } from '#crds/migration.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { CommandLine } from '#test/operator/command-line.ts';
import { Backups } from './backups.ts';
import { Migrations } from './migrations.ts';
import { ask, notes, write } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let first: Backups;
beforeAll(async () => {
  first = await Backups.open('example-store');
});
afterAll(() => first[Symbol.asyncDispose]());

/** A namespace with the Container of the example, a note in it, and a store. */
async function withNotes(purpose: string): Promise<{ backups: Backups; migrations: Migrations }> {
  const backups = await Backups.openBeside(first, purpose);
  await backups.sandbox.kubectl(['apply', '--filename', 'examples/container.yaml']);
  await backups.sandbox.ready('notes');
  await write(await backups.sandbox.url('notes'), 'written before');
  return { backups, migrations: new Migrations(backups) };
}

const apply = ({ sandbox }: Backups, example: string) =>
  sandbox.kubectl(['apply', '--filename', `examples/${example}.yaml`]);

/** The Container runs again, and takes notes beside the one it had. */
async function goesOn({ sandbox }: Backups): Promise<void> {
  await sandbox.ready('notes');
  const url = await sandbox.url('notes');
  await write(url, 'written after');
  expect(await ask(url, '/notes')).toBe('written before\nwritten after\n');
}

const claimOf = ({ sandbox }: Backups) => sandbox.get(PersistentVolumeClaim, 'data-notes-0');

describe.concurrent('before a migration is begun', () => {
  test('it can be seen what it would do, and what speaks against it; nothing is changed by that', async () => {
    const { backups } = await withNotes('planned');
    await using _ = backups;
    const dokkerr = new CommandLine(inject('kubeconfig'), backups.sandbox.namespace);
    const plan = (...to: string[]) => dokkerr.run('migration', 'plan', '--container', 'notes', ...to);
    const { code, stdout } = await plan('--to-class', 'fast', '--to-size', '128Mi');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Used by +Container notes \(1 pod\)$/m);
    expect(stdout).toMatch(/^Downtime +about \d+s$/m);
    expect(stdout).toMatch(/^data-notes-0 +standard +64Mi +fast +128Mi +.*data-notes-0$/m);
    // Nobody in that namespace said that it takes volumes; the operator would wait for that.
    const refused = await plan('--to-namespace', 'default');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(
      `kubectl annotate namespace default dokkerr.io/migrations-from=${backups.sandbox.namespace}`,
    );
    await backups.sandbox.eventually('no plan is left', () => backups.sandbox.list(Migration).length === 0);
    expect(await backups.notesOf('notes')).toBe('written before\n');
  });
});

describe.concurrent('the example', () => {
  test('migration.yaml gives the volume another class; the old one is kept, and comes back as its head says', async () => {
    const { backups, migrations } = await withNotes('example-class');
    await using _ = backups;
    await apply(backups, 'migration');
    await backups.sandbox.kubectl([
      ...['wait', '--for=condition=SwitchedOver', 'migration/notes-faster', '--timeout=10m'],
    ]);
    await migrations.reached('notes-faster', 'Switched');
    await goesOn(backups);
    expect(claimOf(backups)?.spec.storageClassName).toBe('fast');

    const head = await readFile('examples/migration.yaml', 'utf8');
    const [, back = ''] = /--patch '([^']+)'/.exec(head) ?? [];
    await backups.sandbox.kubectl(['patch', 'migration', 'notes-faster', '--type=merge', '--patch', back]);
    expect((await migrations.ended('notes-faster')).status?.phase).toBe('RolledBack');
    await backups.sandbox.ready('notes');
    expect(await backups.notesOf('notes')).toBe('written before\n');
  });

  test('migration-size.yaml makes it smaller', async () => {
    const { backups, migrations } = await withNotes('example-size');
    await using _ = backups;
    await apply(backups, 'migration-size');
    const { status } = await migrations.ended('notes-smaller');
    expect(status).toMatchObject({ phase: 'Completed', verification: { mode: 'Full', result: 'Passed' } });
    expect(claimOf(backups)?.spec.resources?.requests?.storage).toBe('48Mi');
    await goesOn(backups);
  });

  test('migration-approval.yaml waits until somebody approves who may', async () => {
    const { backups, migrations } = await withNotes('example-approval');
    await using _ = backups;
    const { namespace, kubectl } = backups.sandbox;
    await apply(backups, 'migration-approval');
    await migrations.reached('notes-approved', 'AwaitingApproval');
    await backups.sandbox.ready('notes');
    // As examples/migration-approval.yaml has it, and the same without the verb.
    await kubectl(['create', 'rolebinding', 'approver', '--role=migration-approver', '--user=anna']);
    await kubectl(['create', 'role', 'author', '--verb=get,patch', '--resource=migrations.dokkerr.io']);
    await kubectl(['create', 'rolebinding', 'author', '--role=author', '--user=ben']);
    const approval = JSON.stringify({ spec: { switchOver: { approved: true } } });
    const asUser = (user: string) =>
      kubectl(['patch', 'migration', 'notes-approved', '--type=merge', '--patch', approval, `--as=${user}`]);
    await expect(asUser('ben')).rejects.toThrow(/ben may not approve Migration notes-approved/);
    await asUser('anna');
    const dokkerr = new CommandLine(inject('kubeconfig'), namespace);
    const { code, stdout } = await dokkerr.run('migration', 'watch', 'notes-approved', '--timeout', '10m');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Migration notes-approved Switched, the application stood still for \d+s/);
    await goesOn(backups);
  });

  test('migration-namespace.yaml moves it where another namespace agreed, and a Container there takes it up', async () => {
    const { backups, migrations } = await withNotes('example-namespace');
    await using _ = backups;
    const annotations = { 'dokkerr.io/migrations-from': backups.sandbox.namespace };
    await using there = await Sandbox.open('new-home', { name: 'new-home', annotations });
    await apply(backups, 'migration-namespace');
    await migrations.reached('notes-away', 'Switched');
    expect(backups.sandbox.pods('notes')).toEqual([]);
    const existingClaim = { claimName: 'data-notes-0' };
    await there.declare('notes', notes({ volumes: [{ name: 'data', mountPath: '/data', existingClaim }] }));
    await there.ready('notes');
    expect(await ask(await there.url('notes'), '/notes')).toBe('written before\n');
  });

  test('migration-transform.yaml changes the format of the data, once a program of one’s own has looked at it', async () => {
    const { backups, migrations } = await withNotes('example-transform');
    await using _ = backups;
    await apply(backups, 'migration-transform');
    const { metadata } = await migrations.reached('notes-converted', 'Switched');
    const step = (name: string) =>
      backups.sandbox.get(Migration, metadata.name)?.status?.steps?.find((one) => one.name === name)?.state;
    expect([step('Transform'), step('Validate')]).toEqual(['Succeeded', 'Succeeded']);
    await goesOn(backups);
    const command = ['exec', 'notes-0', '--', '/notes', 'check', '/data'];
    expect(await backups.sandbox.kubectl(command)).toBe('2 notes');
  });
});
