/** Hooks and quiesce: an application holds still while its volume is copied, and never for longer, whatever goes wrong. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup, type BackupSpec } from '#crds/backup.ts';
import { Container } from '#crds/container.ts';
import { Backups } from './backups.ts';
import { write } from './notes.ts';
import type { Sandbox } from './sandbox.ts';

let backups: Backups;
let sandbox: Sandbox;
beforeAll(async () => {
  backups = await Backups.open('hooks');
  sandbox = backups.sandbox;
  await brokenSnapshotClass();
});
afterAll(async () => {
  await sandbox.kubectl(['delete', 'volumesnapshotclass', brokenClass]);
  await backups[Symbol.asyncDispose]();
});

type Hooks = NonNullable<Partial<BackupSpec>['hooks']>;
const hook = (name: string, ...command: string[]) => ({ name, exec: { command } });
const freeze = hook('freeze', '/notes', 'freeze');
const thaw = hook('thaw', '/notes', 'thaw');
const failing = hook('failing', '/notes', 'get', 'http://127.0.0.1:8080/nowhere');

/** As above, by requests to the pod in place of programs in it. */
const request = (name: string, path: string, method = 'POST') => ({ name, http: { port: 8080, path, method } });
const freezeByRequest = request('freeze', '/freeze');
const thawByRequest = request('thaw', '/thaw');

/** What users write, without what the API server fills in. */
const hooksOf = (hooks: object) => ({ hooks: hooks as Hooks });

/** A class whose driver can never be asked: its Secret does not exist. */
const brokenClass = 'broken-by-hooks';
async function brokenSnapshotClass(): Promise<void> {
  const { items } = await sandbox.kubectl.json<{ items: { driver: string }[] }>(['get', 'volumesnapshotclass']);
  const secret = 'csi.storage.k8s.io/snapshotter-secret';
  await sandbox.kubectl(
    ['apply', '--filename', '-'],
    JSON.stringify({
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshotClass',
      metadata: { name: brokenClass },
      driver: items[0]?.driver,
      deletionPolicy: 'Delete',
      parameters: { [`${secret}-name`]: 'not-there', [`${secret}-namespace`]: sandbox.namespace },
    }),
  );
}

/** The application takes what is written to it. */
const isThawed = async (name: string) => write(await sandbox.url(name), 'after all');

const isFrozen = async (name: string) => {
  const { status } = await fetch(`${await sandbox.url(name)}/notes`, { method: 'POST', body: 'meanwhile' });
  return status === 503;
};

const stepOf = ({ status }: Backup, name: string) => status?.steps?.find((step) => step.name === name);

describe.concurrent('an application with hooks', () => {
  test('holds still until the snapshot is cut, and not until it is stored', async () => {
    await backups.noted('frozen', 'kept');
    const backup = await backups.backUp('frozen-once', {
      containerRef: { name: 'frozen' },
      ...hooksOf({ pre: [freeze], post: [thaw] }),
    });
    expect(backup.status).toMatchObject({ phase: 'Completed' });
    expect(backup.status?.hooks).toMatchObject([
      { phase: 'Pre', name: 'freeze', outcome: 'Succeeded', pods: ['frozen-0'], attempts: 1 },
      { phase: 'Post', name: 'thaw', outcome: 'Succeeded', pods: ['frozen-0'], attempts: 1 },
    ]);
    expect(backup.status?.resolved?.cutAt).toBeDefined();
    const thawedAt = stepOf(backup, 'PostHooks')?.completedAt ?? '';
    expect(thawedAt <= (stepOf(backup, 'Store')?.startedAt ?? '')).toBe(true);
    const duty = backup.status?.steps?.find(({ name, itinerary }) => name === 'PostHooks' && itinerary === 'Duties');
    expect(duty?.state).toBe('Succeeded');
    await isThawed('frozen');
  });

  test('is read while it holds still where nothing can be copied, and goes on afterwards', async () => {
    await backups.noted('direct', 'kept');
    const backup = await backups.backUp('direct-once', {
      source: { claims: [{ name: 'data-direct-0' }] },
      copyMethod: 'Direct',
      ...hooksOf({ pre: [freeze], post: [thaw] }),
    });
    expect(backup.status?.phase).toBe('Completed');
    const [, thawed] = backup.status?.hooks ?? [];
    expect(thawed).toMatchObject({ name: 'thaw', outcome: 'Succeeded' });
    expect((thawed?.startedAt ?? '') >= (stepOf(backup, 'Store')?.completedAt ?? '9')).toBe(true);
    await isThawed('direct');
  });

  test('is not copied when a hook fails, says why, and is thawed all the same', async () => {
    await backups.noted('refused', 'kept');
    const backup = await backups.backUp('refused-once', {
      containerRef: { name: 'refused' },
      ...hooksOf({ pre: [freeze, failing], post: [thaw] }),
    });
    expect(backup.status).toMatchObject({ phase: 'Failed', failureClass: 'HookFailed' });
    expect(backup.status?.failure).toMatchObject({ step: 'PreHooks', code: 'DKR_HOOK_FAILED' });
    expect(backup.status?.failure?.message).toMatch(
      /hook failing .* in pod refused-0 it ended with exit code 1: .*404 Not Found/,
    );
    expect(backup.status?.hooks?.find(({ name }) => name === 'failing')).toMatchObject({ exitCode: 1 });
    expect(stepOf(backup, 'Snapshot')?.state).toBe('Pending');
    expect(backup.status?.volumes).toBeUndefined();
    await isThawed('refused');
  });

  test('is copied although a hook fails that may', async () => {
    await backups.noted('indulged', 'kept');
    const backup = await backups.backUp('indulged-once', {
      containerRef: { name: 'indulged' },
      ...hooksOf({
        pre: [
          { ...failing, onError: 'Continue' },
          { ...hook('nobody', '/not-there'), onError: 'Continue' },
        ],
        post: [{ ...failing, onError: 'Continue' }],
      }),
    });
    expect(backup.status?.phase).toBe('Completed');
    expect(backup.status?.hooks?.map(({ outcome }) => outcome)).toEqual(['Failed', 'Failed', 'Failed']);
    expect(backup.status?.hooks?.[1]?.message).toContain('/not-there');
  });

  test('that could not be thawed has a backup, which says so', async () => {
    await backups.noted('stuck', 'kept');
    const backup = await backups.backUp('stuck-once', {
      containerRef: { name: 'stuck' },
      ...hooksOf({ post: [failing, thaw] }),
    });
    expect(backup.status).toMatchObject({ phase: 'PartiallyFailed', failureClass: 'HookFailed' });
    expect(backup.status?.hooks?.[0]).toMatchObject({ name: 'failing', outcome: 'Failed', attempts: 2 });
    expect(backup.status?.volumes?.[0]?.snapshotID).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is asked over HTTP as well as by a program in its pod, and the answer counts', async () => {
    await backups.noted('asked', 'kept');
    const containerRef = { name: 'asked' };
    const asked = await backups.backUp('asked-once', {
      containerRef,
      ...hooksOf({ pre: [freezeByRequest], post: [thawByRequest, request('healthy', '/healthz', 'GET')] }),
    });
    expect(asked.status?.phase).toBe('Completed');
    expect(asked.status?.hooks).toMatchObject(
      ['freeze', 'thaw', 'healthy'].map((name) => ({ name, outcome: 'Succeeded', pods: ['asked-0'] })),
    );
    await isThawed('asked');

    const refused = await backups.backUp('asked-in-vain', {
      containerRef,
      ...hooksOf({
        pre: [
          { ...request('nobody', '/'), http: { port: 9, path: '/' }, onError: 'Continue' },
          request('nowhere', '/nowhere', 'GET'),
        ],
      }),
    });
    expect(refused.status).toMatchObject({ phase: 'Failed', failureClass: 'HookFailed' });
    expect(refused.status?.failure?.message).toMatch(/pod asked-0 answered GET \/nowhere at port 8080 with 404: 404/);
    const [nobody] = refused.status?.hooks ?? [];
    expect(nobody).toMatchObject({ name: 'nobody', outcome: 'Failed' });
    expect(nobody?.message).toMatch(/at port 9 with 50[0-9]: .*connection refused/);
  });

  test('is waited for no longer than its hook may take', async () => {
    await backups.noted('slow', 'kept');
    const backup = await backups.backUp('slow-once', {
      containerRef: { name: 'slow' },
      // Nobody answers there, and nobody says so: https://www.rfc-editor.org/rfc/rfc5737
      ...hooksOf({ pre: [{ ...hook('endless', '/notes', 'get', 'http://198.51.100.1'), timeout: '2s' }] }),
    });
    expect(backup.status?.failure?.message).toContain('did not end within 2s');
  });

  test.each([
    { how: 'canceled', end: (name: string) => sandbox.patch(Backup, name, { spec: { cancel: true } }) },
    { how: 'deleted', end: (name: string) => sandbox.delete(Backup, name) },
  ])('is thawed when its backup is $how while the snapshot cannot be made', async ({ how, end }) => {
    const name = `never-${how}`;
    await backups.noted(name, 'kept');
    await backups.apply('Backup', name, {
      containerRef: { name },
      copyMethod: 'Snapshot',
      volumeSnapshotClassName: brokenClass,
      ...hooksOf({
        pre: [freeze],
        post: [
          { ...thaw, when: 'OnFailure' },
          { ...failing, when: 'OnSuccess' },
        ],
      }),
    });
    await sandbox.eventually('it waits for the snapshot', () => {
      const backup = sandbox.get(Backup, name);
      return backup !== undefined && stepOf(backup, 'Snapshot')?.state === 'Running';
    });
    expect(await isFrozen(name)).toBe(true);
    await end(name);
    await isThawed(name);
    const last = await sandbox.eventually('its end', () =>
      sandbox
        .history(Backup, name)
        .findLast(({ status }) => status?.outcome === 'Canceled' || status?.hooks?.[1] !== undefined),
    );
    expect(last.status?.hooks?.map((one) => one.name)).toEqual(['freeze', 'thaw']);
  });
});

describe.concurrent('an application without hooks', () => {
  test.each([{ copyMethod: 'Snapshot' }, { copyMethod: 'Direct' }] as const)(
    'is stopped for a backup by $copyMethod and started again',
    async ({ copyMethod }) => {
      const name = `stopped-${copyMethod.toLowerCase()}`;
      await backups.noted(name, 'kept');
      const before = sandbox.pods(name)[0]?.metadata.uid;
      const backup = await backups.backUp(name, { containerRef: { name }, copyMethod, quiesce: 'ScaleDown' });
      expect(backup.status?.phase).toBe('Completed');
      expect(stepOf(backup, 'Quiesce')?.state).toBe('Succeeded');
      const stopped = sandbox
        .history(Container, name)
        .some(({ metadata }) => metadata.annotations?.['dokkerr.io/stopped-for'] === `Backup/${name}`);
      expect(stopped).toBe(true);
      await sandbox.ready(name);
      await isThawed(name);
      expect(sandbox.pods(name)[0]?.metadata.uid).not.toBe(before);
    },
  );

  test('is told by admission what cannot be', async () => {
    const refused = (spec: object) => backups.apply('Backup', 'refused-by-admission', spec);
    const containerRef = { name: 'frozen' };
    await expect(refused({ source: { claims: [{ name: 'any' }] }, quiesce: 'ScaleDown' })).rejects.toThrow(
      /only a Container can be stopped/,
    );
    await expect(refused({ containerRef, quiesce: 'ScaleDown', hooks: { pre: [freeze] } })).rejects.toThrow(
      /keep one of them/,
    );
    await expect(refused({ containerRef, hooks: { pre: [{ ...freeze, timeout: '11m' }] } })).rejects.toThrow(/timeout/);
    await expect(refused({ containerRef, hooks: { pre: [freeze, freeze] } })).rejects.toThrow(/Duplicate value/);
    const both = { ...freeze, ...freezeByRequest };
    for (const pre of [both, { name: 'neither' }])
      await expect(refused({ containerRef, hooks: { pre: [pre] } })).rejects.toThrow(/write either exec or http/);
    for (const path of ['/../../secrets', '/%2e%2e/secrets', 'relative'])
      await expect(refused({ containerRef, hooks: { pre: [request('beyond', path)] } })).rejects.toThrow(/path/);
  });
});
