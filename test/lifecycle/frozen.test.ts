/** An operator that dies while an application holds still for it: somebody else lets the application go on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';
import { Backups } from '../e2e/backups.ts';
import { write } from '../e2e/notes.ts';
import { signalContainer } from './node.ts';
import { operatorPods } from './pods.ts';
import { openSlate, type Slate } from './slate.ts';

let slate: Slate;
let backups: Backups;
beforeAll(async () => {
  slate = await openSlate();
  await installRelease(slate, usualRelease);
  backups = await Backups.open('frozen');
});
afterAll(() => backups[Symbol.asyncDispose]());

const hook = (name: string, ...command: string[]) => ({ name, exec: { command }, onError: 'Continue' });

test('an application that was frozen when every operator was killed is thawed, and no hook that ran is run again', async () => {
  const { sandbox } = backups;
  await backups.noted('frozen', 'kept');
  await backups.apply('Backup', 'frozen', {
    containerRef: { name: 'frozen' },
    hooks: {
      // Nobody answers at the address of the second, which takes ten seconds: https://www.rfc-editor.org/rfc/rfc5737
      pre: [hook('freeze', '/notes', 'freeze'), hook('endless', '/notes', 'get', 'http://198.51.100.1')],
      post: [hook('thaw', '/notes', 'thaw')],
    },
  });
  await sandbox.eventually(
    'the application is frozen',
    () => sandbox.get(Backup, 'frozen')?.status?.hooks?.[0]?.outcome === 'Succeeded',
  );
  const pods = await operatorPods(slate.kubectl, usualRelease);
  await Promise.all(pods.map((pod) => signalContainer(slate.cluster, pod, 'SIGKILL')));
  const refused = await fetch(`${await sandbox.url('frozen')}/notes`, { method: 'POST', body: 'meanwhile' });
  expect(refused.status).toBe(503);
  const { status } = await backups.ended(Backup, 'frozen');
  expect(status).toMatchObject({
    phase: 'Completed',
    hooks: [
      { name: 'freeze', attempts: 1 },
      { name: 'endless', outcome: 'Failed', attempts: 1 },
      { name: 'thaw', outcome: 'Succeeded' },
    ],
  });
  await write(await sandbox.url('frozen'), 'after all');
});
