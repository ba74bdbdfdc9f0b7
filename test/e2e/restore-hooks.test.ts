/** Hooks around a restore in place: run in the application before it is stopped and once it runs again, and heeded. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Restore, type RestoreSpec } from '#crds/restore.ts';
import { Backups } from './backups.ts';
import { write } from './notes.ts';

let backups: Backups;
beforeAll(async () => {
  backups = await Backups.open('restore-hooks');
});
afterAll(() => backups[Symbol.asyncDispose]());

const find = (name: string, text: string) => ({ name, exec: { command: ['/notes', 'find', text] } });
const healthy = { name: 'healthy', http: { port: 8080, path: '/healthz', method: 'GET' } };

/** What users write, without what the API server fills in. */
const inPlace = (name: string, hooks: object): Partial<RestoreSpec> => ({
  source: { containerRef: { name } },
  target: { containerRef: { name } },
  hooks,
});

/** A Container that was backed up and has been written to since. */
async function writtenSince(name: string): Promise<void> {
  await backups.noted(name, 'before');
  await backups.backUp(`${name}-first`, { containerRef: { name } });
  await write(await backups.sandbox.url(name), 'since');
}

const outcomes = ({ status }: Restore) => status?.hooks?.map(({ name, outcome }) => `${name} ${outcome}`);

describe.concurrent('a restore in place', () => {
  test('runs hooks in the application that still has the old data, and in the one that has what was brought back', async () => {
    await writtenSince('told');
    const restore = await backups.bringBack(
      'told-back',
      inPlace('told', {
        pre: [find('old-data', 'since')],
        post: [find('data', 'before'), healthy, { ...find('never', 'nothing'), when: 'OnFailure' }],
      }),
    );
    expect(restore.status?.phase).toBe('Completed');
    expect(outcomes(restore)).toEqual(['old-data Succeeded', 'data Succeeded', 'healthy Succeeded']);
    await backups.sandbox.ready('told');
    expect(await backups.notesOf('told')).toBe('before\n');
  });

  test('does nothing when a hook before it fails', async () => {
    await writtenSince('unwilling');
    const pod = backups.sandbox.pods('unwilling')[0]?.metadata.uid;
    const restore = await backups.bringBack('unwilling-back', inPlace('unwilling', { pre: [find('no', 'never')] }));
    expect(restore.status).toMatchObject({ phase: 'Failed', failureClass: 'HookFailed' });
    expect(restore.status?.failure?.message).toContain('hook no (before the restore) failed: in pod unwilling-0');
    expect(backups.sandbox.pods('unwilling')[0]?.metadata.uid).toBe(pod);
    expect(await backups.notesOf('unwilling')).toBe('before\nsince\n');
  });

  test('gives back what was there when a hook after it fails, and tells the application that has it again', async () => {
    await writtenSince('spoiled');
    const restore = await backups.bringBack(
      'spoiled-back',
      inPlace('spoiled', {
        pre: [find('old-data', 'since')],
        post: [
          find('accepted', 'nothing of the kind'),
          { ...find('again', 'since'), when: 'OnFailure' },
          { ...find('success', 'before'), when: 'OnSuccess' },
        ],
      }),
    );
    expect(restore.status).toMatchObject({ phase: 'RolledBack', failureClass: 'HookFailed' });
    expect(outcomes(restore)).toEqual(['old-data Succeeded', 'accepted Failed', 'again Succeeded']);
    await backups.sandbox.ready('spoiled');
    expect(await backups.notesOf('spoiled')).toBe('before\nsince\n');
  });

  test('may have a hook that fails where that is only to be told', async () => {
    await writtenSince('indulged');
    const post = [{ ...find('accepted', 'nothing of the kind'), onError: 'Continue' }];
    const restore = await backups.bringBack('indulged-back', inPlace('indulged', { post }));
    expect(restore.status?.phase).toBe('Completed');
    expect(restore.status?.hooks?.[0]).toMatchObject({ outcome: 'Failed', exitCode: 1 });
    expect(await backups.notesOf('indulged')).toBe('before\n');
  });

  test('into a claim has nobody to run hooks in, and says so', async () => {
    const spec = { ...inPlace('told', { pre: [healthy] }), target: { claimRef: { name: 'any' } } };
    await expect(backups.apply('Restore', 'refused', spec)).rejects.toThrow(/write target.containerRef/);
    expect(backups.sandbox.get(Restore, 'refused')).toBeUndefined();
  });
});
