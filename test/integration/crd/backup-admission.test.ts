/** What the API server says to bad stores, backups, schedules and restores, by their schemas alone: no operator runs here. */
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Kubectl, type Spec } from './kubectl.ts';

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  return () => kubectl[Symbol.asyncDispose]();
});

const object = (kind: string, spec: Spec, name = 'tested') => ({
  apiVersion: 'dokkerr.io/v1alpha1',
  kind,
  metadata: { name },
  spec,
});

const s3 = (more: Spec = {}) => ({
  s3: { endpoint: 'https://s3.example.com', bucket: 'backups', credentialsRef: { name: 'store' }, ...more },
});
const container = { containerRef: { name: 'notes' } };
const template = { template: container };
const restore = (source: Spec, target: Spec = container, more: Spec = {}) => ({ source, target, ...more });

describe('the API server refuses', () => {
  test.each<[string, string, Spec, string]>([
    ['BackupStore', 'an endpoint without a scheme', s3({ endpoint: 's3.example.com' }), 'https://s3.eu-central-1'],
    ['BackupStore', 'an endpoint with a path', s3({ endpoint: 'https://s3.example.com/bucket' }), 'without a path'],
    ['BackupStore', 'a bucket no store can have', s3({ bucket: 'Back Ups' }), 'spec.s3.bucket'],
    ['BackupStore', 'a prefix with a slash at its end', s3({ prefix: 'a/' }), 'spec.s3.prefix'],
    ['BackupStore', 'an unknown field', { ...s3(), encrypt: true }, 'unknown field "spec.encrypt"'],
    ['BackupStore', 'a period without a unit', { ...s3(), syncPeriod: '5' }, 'spec.syncPeriod'],
    [
      'BackupStore',
      'a prune that says no proper time',
      { ...s3(), maintenance: { prune: { schedule: 'sundays' } } },
      'maintenance.prune.schedule is a cron line of five fields',
    ],
    ['Backup', 'no source', {}, 'a backup has exactly one source'],
    ['Backup', 'two sources', { ...container, source: { claims: [{ name: 'a' }] } }, 'exactly one source'],
    ['Backup', 'an empty list of claims', { source: { claims: [] } }, 'name at least one claim'],
    ['Backup', 'an empty selector', { source: { selector: {} } }, 'an empty selector would take every claim'],
    ['Backup', 'a ttl without a unit', { ...container, ttl: '30' }, 'spec.ttl'],
    ['BackupSchedule', 'four fields', { schedule: '* * * *', ...template }, 'a cron line of five fields'],
    ['BackupSchedule', 'an unknown word', { schedule: '@often', ...template }, '@hourly, @daily'],
    [
      'BackupSchedule',
      'a retention that keeps nothing',
      { schedule: '@daily', ...template, retention: { minimum: 1 } },
      'this retention keeps nothing',
    ],
    ['BackupSchedule', 'a template without a source', { schedule: '@daily', template: {} }, 'exactly one source'],
    [
      'BackupSchedule',
      'a drill that says no proper time',
      { schedule: '@daily', ...template, drill: { schedule: 'sundays' } },
      'drill.schedule is a cron line of five fields',
    ],
    [
      'BackupSchedule',
      'a drill whose program has no image',
      { schedule: '@daily', ...template, drill: { schedule: '@weekly', job: { args: ['check'] } } },
      'spec.drill.job.image',
    ],
    ['Restore', 'no source', restore({}), 'source takes exactly one of'],
    ['Restore', 'two sources', restore({ ...container, backupRef: { name: 'a' } }), 'source takes exactly one of'],
    ['Restore', 'a time for a named backup', restore({ backupRef: { name: 'a' }, offset: 1 }), 'write containerRef'],
    [
      'Restore',
      'two targets',
      restore(container, { ...container, claimRef: { name: 'a' } }),
      'target takes exactly one',
    ],
    [
      'Restore',
      'a way back without a safety backup',
      restore(container, container, { safetyBackup: false }),
      'without a safety backup there is no way back',
    ],
    [
      'Restore',
      'scratch claims of no size for a snapshot of which none is known',
      restore({ snapshot: { storeRef: { name: 'offsite' }, id: '0123abcd' } }, { scratch: {} }),
      'write target.scratch.size',
    ],
    [
      'Restore',
      'include and exclude together',
      restore(container, container, { include: ['/a'], exclude: ['/b'] }),
      'keep one of them',
    ],
  ])('a %s with %s', async (kind, _, spec, message) => {
    expect(await kubectl.refusal(object(kind, spec))).toContain(message);
  });

  test.each<[string, string, Spec, Spec, string]>([
    ['BackupStore', 'another bucket', s3(), s3({ bucket: 'others' }), 'make another BackupStore'],
    ['Backup', 'another Container', container, { containerRef: { name: 'other' } }, 'make another Backup'],
    ['Backup', 'a ttl', container, { ...container, ttl: '1d' }, 'ttl cannot change'],
    [
      'Restore',
      'another target',
      restore(container),
      restore(container, { claimRef: { name: 'a' } }),
      'make another Restore',
    ],
  ])('to give a %s that is there %s', async (kind, what, before, after, message) => {
    const name = `frozen-${kind.toLowerCase()}-${what.replaceAll(' ', '-').toLowerCase()}`;
    await kubectl.apply(object(kind, before, name));
    expect(await kubectl.refusal(object(kind, after, name))).toContain(message);
  });
});

describe('the API server takes', () => {
  test('a backup that is pinned, canceled, and given to deletion after it was made', async () => {
    await kubectl.apply(object('Backup', container, 'changed'));
    const spec = { ...container, pin: true, cancel: true, deletionPolicy: 'Delete' };
    expect(await kubectl.apply(object('Backup', spec, 'changed'))).toMatchObject({ spec });
    expect(await kubectl.refusal(object('Backup', container, 'changed'))).toContain('make another Backup');
  });

  test.each(['backup.yaml', 'restore.yaml', 'backup-schedule.yaml'])('examples/%s as it stands', async (file) => {
    await kubectl.inNamespace(['create', '--dry-run=server', '-f', `examples/${file}`]);
  });
});
