/** What has to be true of a run whatever became of the operator and of the API server meanwhile. */
import { expect } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import type { Restore } from '#crds/restore.ts';
import { Job, PersistentVolumeClaim, VolumeSnapshot } from '#runtime/client/kinds.ts';
import type { Backups } from '../e2e/backups.ts';
import { write } from '../e2e/notes.ts';

/** Milliseconds for a run each of whose writes costs a process its life. */
export const patience = 1_000_000;

const hook = (name: string) => ({ name, exec: { command: ['/notes', name] } });

/**
 * Backs up an application that is frozen meanwhile: once, whatever goes on, and it is thawed in the end.
 * @param ended resolves when everybody who died is back, once the backup has ended
 */
export async function backUpFrozen(backups: Backups, ended: () => Promise<unknown> = async () => {}): Promise<void> {
  await backups.noted('frozen', 'kept');
  const hooks = { pre: [hook('freeze')], post: [hook('thaw')] };
  const spec = { containerRef: { name: 'frozen' }, hooks } as object;
  const backup = await backups.backUp('frozen-once', spec, patience);
  await ended();
  expect(backup.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  expectNoMoverTwice(backups, backup);
  expect(await countSnapshots(backups)).toBe(1);
  await expectNothingLeft(backups);
  await write(await backups.sandbox.url('frozen'), 'after all');
}

/** A Container with a Backup of its notes, and a note since. */
export async function backedUp(backups: Backups, name: string): Promise<void> {
  await backups.noted(name, 'before the backup');
  await backups.backUp(`${name}-first`, { containerRef: { name } });
  await write(await backups.sandbox.url(name), 'after the backup');
}

/** Brings a Container back in place to what {@link backedUp} has of it; resolves when that has ended, however. */
export function bringBack(backups: Backups, name: string, more: object = {}): Promise<Restore> {
  const spec = { source: { backupRef: { name: `${name}-first` } }, target: { containerRef: { name } }, ...more };
  return backups.bringBack(`${name}-back`, spec, patience);
}

/** The Container runs on what the backup had: restored once, whatever went on. */
export async function expectBroughtBack(backups: Backups, name: string, restore: Restore): Promise<void> {
  expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  expectNoMoverTwice(backups, restore);
  await backups.sandbox.ready(name);
  const notes = await backups.notesOf(name);
  expect(notes).toContain('before the backup');
  expect(notes).not.toContain('after the backup');
  await expectNothingLeft(backups);
}

/** Each mover was made once, and one of each was enough: none was lost, none had a second beside it. */
export function expectNoMoverTwice({ sandbox }: Backups, run: Backup | Restore): void {
  expect(run.status?.steps?.filter(({ spent }) => spent !== undefined)).toEqual([]);
  const jobs = sandbox
    .versions(Job)
    .filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === run.metadata.uid)
    .map(({ metadata }) => `${metadata.labels?.['dokkerr.io/mover']} ${metadata.name} ${metadata.uid}`);
  const lives = [...new Set(jobs)].toSorted();
  expect(lives.length).toBeGreaterThan(0);
  const works = lives.map((life) => life.split(' ')[0]);
  expect(works, lives.join(', ')).toEqual([...new Set(works)]);
}

/** Nothing that was made on the way is left. */
export async function expectNothingLeft({ sandbox }: Backups): Promise<void> {
  await sandbox.eventually('no Job is left', () => sandbox.list(Job).length === 0);
  const isCopy = ({ metadata }: PersistentVolumeClaim) => metadata.labels?.['dokkerr.io/copy'] !== undefined;
  await sandbox.eventually('no copy is left', () => !sandbox.list(PersistentVolumeClaim).some(isCopy));
  const { items } = await sandbox.client.list(VolumeSnapshot, { namespace: sandbox.namespace });
  expect(items.map(({ metadata }) => metadata.name)).toEqual([]);
}

/** How many snapshots that BackupStore's repository has. */
export async function countSnapshots(backups: Backups, store = 'offsite'): Promise<number> {
  const folder = `${backups.prefixOf(store)}/snapshots/`;
  return [...(await backups.objects(store)).keys()].filter((name) => name.startsWith(folder)).length;
}
