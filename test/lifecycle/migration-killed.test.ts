/** Migrations under way when the operator is killed without a word: the next leader brings each to its end, there or back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Job } from '#runtime/client/kinds.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';
import { Backups } from '../e2e/backups.ts';
import { Migrations } from '../e2e/migrations.ts';
import { signalContainer } from './node.ts';
import { operatorPods } from './pods.ts';
import { openSlate, type Slate } from './slate.ts';

let slate: Slate;
let backups: Backups;
let migrations: Migrations;
beforeAll(async () => {
  slate = await openSlate();
  await installRelease(slate, usualRelease);
  backups = await Backups.open('killed');
  migrations = new Migrations(backups);
});
afterAll(() => backups[Symbol.asyncDispose]());

/** Each time costs a lease, and a kubelet waits twice as long as before until it starts a program anew. */
const killedIn = ['Synchronising', 'SwitchingOver'] as const;
const manyKillsMs = 600_000;

async function killAll(): Promise<void> {
  const pods = await operatorPods(slate.kubectl, usualRelease);
  await Promise.all(pods.map((pod) => signalContainer(slate.cluster, pod, 'SIGKILL').catch(() => undefined)));
}

test(
  'the next leader brings a migration to its end wherever it was, and takes it back when asked',
  async () => {
    const { sandbox } = backups;
    await backups.noted('moved', 'all of it');
    const old = await migrations.volumeOf('data-moved-0');
    await migrations.begin('moved-to-fast', {
      source: { containerRef: { name: 'moved' } },
      target: { storageClassName: 'fast' },
    });
    for (const phase of killedIn) {
      await migrations.passed('moved-to-fast', phase);
      await killAll();
    }
    await migrations.passed('moved-to-fast', 'Switched');
    await sandbox.ready('moved');
    expect(await backups.notesOf('moved')).toContain('all of it');
    expect((await migrations.volumeOf('data-moved-0'))?.spec.storageClassName).toBe('fast');

    await migrations.change('moved-to-fast', { rollback: { requested: true } });
    await migrations.passed('moved-to-fast', 'RollingBack');
    await killAll();
    const { status } = await migrations.ended('moved-to-fast');
    expect(status).toMatchObject({ phase: 'RolledBack' });
    expect((await migrations.volumeOf('data-moved-0'))?.metadata.name).toBe(old?.metadata.name);
    await sandbox.ready('moved');
    expect(await backups.notesOf('moved')).toContain('all of it');
    await sandbox.eventually('no Job is left', () => sandbox.list(Job).length === 0);
    // An attempt that was lost would have been spent.
    expect(status?.steps?.filter(({ spent }) => spent !== undefined)).toEqual([]);
  },
  manyKillsMs,
);
