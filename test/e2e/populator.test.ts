/** Claims that are born with their data: a Restore as the data source of a PersistentVolumeClaim. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Restore } from '#crds/restore.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { Backups, patience } from './backups.ts';
import { notes } from './notes.ts';

let backups: Backups;
beforeAll(async () => {
  backups = await Backups.open('populator');
});
afterAll(() => backups[Symbol.asyncDispose]());

test('a claim that names a Restore is bound once the data is in it, and a Container serves it', async () => {
  const { sandbox } = backups;
  await backups.noted('origin', 'handed down');
  await backups.backUp('origin-first', { containerRef: { name: 'origin' } });
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'heir' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '48Mi' } },
      dataSourceRef: { apiGroup: Restore.group, kind: Restore.kind, name: 'inheritance' },
    },
  };
  await sandbox.kubectl(['apply', '--filename', '-'], JSON.stringify(claim));
  const restore = await backups.bringBack('inheritance', {
    source: { backupRef: { name: 'origin-first' } },
    target: { populator: {} },
  });
  expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  const heir = await sandbox.eventually('the claim is bound', () => {
    const found = sandbox.get(PersistentVolumeClaim, 'heir');
    return found?.status?.phase === 'Bound' && found;
  });
  expect(heir.status?.capacity?.storage).toBe('48Mi');
  const volumes = [{ name: 'data', mountPath: '/data', existingClaim: { claimName: 'heir' } }];
  await sandbox.declare('successor', notes({ volumes }));
  await sandbox.ready('successor');
  expect(await backups.notesOf('successor')).toContain('handed down');
  // The volume is the claim's own from now on, and outlives the Restore.
  await sandbox.delete(Restore, 'inheritance');
  await sandbox.eventually('the Restore is gone', () => sandbox.get(Restore, 'inheritance') === undefined, patience);
  // Its claim without a volume is let go by Kubernetes' own controllers, in their time.
  await sandbox.eventually('nothing of it is left', () =>
    sandbox.list(PersistentVolumeClaim).every(({ metadata }) => !metadata.name.startsWith('scratch-')),
  );
  expect(sandbox.get(PersistentVolumeClaim, 'heir')?.status?.phase).toBe('Bound');
});
