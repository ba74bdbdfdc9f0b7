/** The commands for people against a real API server: this file is the operator, so that it can be slow, fail and vanish. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { run } from '#cluster/command.ts';
import { Backup, type BackupStatus } from '#crds/backup.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { CommandLine } from '#test/operator/command-line.ts';
import { Kubectl } from './crd/kubectl.ts';
import { FaultProxy } from './fault-proxy.ts';

/** Line ends are text; everything else of the kind a terminal obeys instead of showing it. */
const controlCodes = (text: string) => text.replaceAll('\n', '').match(/\p{Cc}/gu) ?? [];
/** A terminal's codes made visible. */
const visible = (text: string) => text.replaceAll('\u001b', 'ESC');

let kubectl: Kubectl;
let cluster: ClusterConnection;
let folder: string;
let dokkerr: CommandLine;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  cluster = await connectCluster({ kubeconfig: inject('kubeconfig') });
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-command-line-'));
  dokkerr = new CommandLine(inject('kubeconfig'), kubectl.namespace);
  await cluster.client.create(PersistentVolumeClaim, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: kubectl.namespace, name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
});
afterAll(async () => {
  await cluster.transport.close();
  await kubectl[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const key = (name: string) => ({ namespace: kubectl.namespace, name });

/** What the operator would report. */
const report = (name: string, status: BackupStatus) =>
  cluster.client.patch(Backup, key(name), { status }, { subresource: 'status' });

const complete = (name: string, more: BackupStatus = {}) =>
  report(name, { outcome: 'Completed', phase: 'Completed', size: '1 GiB', ...more });

/** `backup create NAME --claim data` and whatever else. */
const create = (name: string, ...more: string[]) => ['backup', 'create', name, '--claim', 'data', ...more];

const progress = (percent: number) => ({
  bytesDone: percent * 1024 ** 2,
  totalBytes: 100 * 1024 ** 2,
  filesDone: 1,
  totalFiles: 2,
  percent,
  bytesPerSecond: 5 * 1024 ** 2,
  updatedAt: '2026-11-23T01:00:10Z',
});
const transferring = (percent: number): BackupStatus => ({
  phase: 'InProgress',
  steps: [{ name: 'Store', state: 'Running', startedAt: '2026-11-23T01:00:02Z', message: '0 of 1 claim stored' }],
  progress: progress(percent),
});

/** A kubeconfig like the administrator's with something else in it. */
async function kubeconfigWith(name: string, change: (config: Kubeconfig) => void): Promise<string> {
  const config = parse(await readFile(inject('kubeconfig'), 'utf8')) as Kubeconfig;
  change(config);
  const file = join(folder, name);
  await writeFile(file, stringify(config));
  return file;
}

interface Kubeconfig {
  clusters: { cluster: Record<string, unknown> }[];
  users: { user: Record<string, unknown> }[];
}

describe('backup create --wait', () => {
  test('tells every change once in a pipe, without a control code, and ends with 0', async () => {
    const call = dokkerr.start(...create('plain', '--wait'));
    await call.said('Backup plain is made');
    await report('plain', transferring(30));
    await call.said('30%  30 MiB of 100 MiB  5 MiB/s  14s left');
    await report('plain', transferring(60));
    await call.said('60%');
    await complete('plain');
    const { code, stdout, stderr } = await call.ended;
    expect(code).toBe(0);
    expect(stdout).toBe('Backup plain Completed, 1 GiB in all, not verified\n');
    expect(stderr.match(/0 of 1 claim stored/g)).toHaveLength(1);
    expect(controlCodes(stdout + stderr)).toEqual([]);
  });

  test('draws a bar on a terminal, in place', async () => {
    const call = dokkerr.onTerminal(...create('drawn', '--wait'));
    await call.said('Backup drawn is made');
    await report('drawn', transferring(50));
    await call.said('████████████░░░░░░░░░░░░');
    await report('drawn', transferring(100));
    await call.said('████████████████████████');
    await complete('drawn', { steps: [{ name: 'Store', state: 'Succeeded' }] });
    const { code, stdout } = await call.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('\u001b[2A\u001b[0J');
    expect(stdout).toContain('\u001b[32m✓\u001b[39m Store');
  });

  test('draws without colours where NO_COLOR asks for none', async () => {
    const quiet = new CommandLine(inject('kubeconfig'), kubectl.namespace, { NO_COLOR: '1' });
    const call = quiet.onTerminal(...create('colourless', '--wait'));
    await call.said('Backup colourless is made');
    await report('colourless', transferring(50));
    await call.said('████');
    await complete('colourless');
    expect(visible((await call.ended).stdout)).not.toMatch(/ESC\[\d+m/);
  });

  test('ends with 1 for a backup that failed and with 3 for one that lacks files, and says why', async () => {
    const failing = dokkerr.start(...create('failing', '--wait'));
    await failing.said('is made');
    const failure = { step: 'Store', code: 'DKR_STORE_FULL', class: 'capacity' as const, message: 'make room' };
    await report('failing', { outcome: 'Failed', phase: 'Failed', failure, failureClass: 'NoSpace' });
    expect(await failing.ended).toMatchObject({
      code: 1,
      stdout: 'Backup failing Failed at Store (NoSpace): make room\n',
    });

    const partial = dokkerr.start(...create('partial', '--wait', '-o', 'json'));
    await partial.said('is made');
    const volumes = [{ claim: 'data', filesFailed: 1, unreadable: ['/locked'] }];
    await complete('partial', { phase: 'PartiallyFailed', volumes });
    const { code, stdout, stderr } = await partial.ended;
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'Backup', status: { phase: 'PartiallyFailed' } });
    expect(stderr).toContain('1 file could not be read: /locked');
  });

  test('goes on when its watch is cut and the API server refuses for a while', async () => {
    await using proxy = await FaultProxy.start(inject('kubeconfig'));
    const behind = new CommandLine(await behindProxy(proxy), kubectl.namespace);
    const call = behind.start(...create('cut', '--wait'));
    await call.said('is made');
    await report('cut', transferring(10));
    await call.said('10%');
    proxy.cut();
    await report('cut', transferring(20));
    await call.said('20%');
    proxy.refuse();
    await call.said('waiting for it');
    await complete('cut');
    proxy.accept();
    expect(await call.ended).toMatchObject({ code: 0 });
  });

  test('ends with 4 when its time is over and with 130 on Ctrl-C; the backup goes on, and it says how to look at it', async () => {
    const late = await dokkerr.run(...create('late', '--wait', '--timeout', '1s'));
    expect(late.code).toBe(4);
    expect(late.stderr).toContain(`dokkerr backup show late -n ${kubectl.namespace}`);

    const call = dokkerr.onTerminal(...create('interrupted', '--wait'));
    await call.said('is made');
    await report('interrupted', transferring(10));
    await call.said('10%');
    call.interrupt();
    const { code, stdout } = await call.ended;
    expect(code).toBe(130);
    expect(stdout).toContain(`dokkerr backup cancel interrupted -n ${kubectl.namespace}`);
    expect((await cluster.client.get(Backup, key('interrupted')))?.spec.cancel).toBe(false);
  });

  test('ends with 1 when the backup is deleted meanwhile', async () => {
    const call = dokkerr.start(...create('deleted', '--wait'));
    await call.said('is made');
    await report('deleted', transferring(10));
    await call.said('10%');
    await cluster.client.delete(Backup, key('deleted'));
    expect(await call.ended).toMatchObject({ code: 1 });
    expect((await call.ended).stderr).toContain('Backup deleted was deleted meanwhile');
  });
});

describe('a call that cannot work', () => {
  test.each<[string, string[], string]>([
    ['an unknown command', ['backup', 'creat'], 'Did you mean create?'],
    ['an unknown option', create('wrong', '--stor', 'x'), 'Did you mean --store?'],
    ['no source', ['backup', 'create', 'wrong'], 'write --container NAME, or --claim NAME'],
    ['two sources', create('wrong', '--container', 'notes'), '--container and --claim are two sources'],
    ['a claim that is not there', ['backup', 'create', 'wrong', '--claim', 'dta'], 'did you mean data?'],
    ['a store that is not there', create('wrong', '--store', 'offsite'), 'there is no BackupStore offsite'],
    ['a span of time without a unit', create('wrong', '--ttl', '30'), 'Write a number and its unit'],
    ['a time limit without waiting', create('wrong', '--timeout', '5m'), 'write --wait too'],
    ['a name nothing can have', create('Wrong Name'), 'the cluster refused it'],
    ['a context that is not there', ['backup', 'list', '--context', 'elsewhere'], 'has no context "elsewhere"'],
    ['a kubeconfig that is not there', ['backup', 'list', '--kubeconfig', '/nowhere'], '/nowhere'],
    ['a backup that is not there', ['backup', 'show', 'plan'], 'there is no Backup plan'],
    ['a restore of nothing', ['restore', 'create', '--to-claim', 'data'], 'nothing says what to bring back'],
    [
      'a restore of a Container without backups',
      ['restore', 'create', '--container', 'notes', '--to-claim', 'data'],
      'there is no completed Backup of Container notes',
    ],
  ])('ends with 2 and one line for %s, and makes nothing', async (_, args, message) => {
    const { code, stdout, stderr } = await dokkerr.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(await cluster.client.get(Backup, key('wrong'))).toBeUndefined();
  });

  test('names the permission that is missing', async () => {
    const kubeconfig = await kubeconfigWith('jane', ({ users }) => {
      for (const { user } of users) user.as = 'jane';
    });
    const { code, stderr } = await new CommandLine(kubeconfig, kubectl.namespace).run('backup', 'list');
    expect(code).toBe(2);
    expect(stderr).toContain('User "jane" cannot list resource "backups"');
  });

  test('says that no API server answers', async () => {
    const kubeconfig = await kubeconfigWith('nobody', ({ clusters }) => {
      for (const { cluster: one } of clusters) one.server = 'https://127.0.0.1:9';
    });
    const { code, stderr } = await new CommandLine(kubeconfig, kubectl.namespace).run('backup', 'list');
    expect(code).toBe(2);
    expect(stderr).toContain('cannot reach the API server https://127.0.0.1:9: connection refused');
  });

  test('says that the cluster has no Dokkerr', async () => {
    await using proxy = await FaultProxy.start(inject('kubeconfig'));
    const body = JSON.stringify({ kind: 'Status', code: 404, reason: 'NotFound', details: {} });
    proxy.answer(['/apis/dokkerr.io/'], { status: 404, body }, 10);
    const { code, stderr } = await new CommandLine(await behindProxy(proxy), kubectl.namespace).run('backup', 'list');
    expect(code).toBe(2);
    expect(stderr).toContain('this cluster does not know the kinds of Dokkerr');
  });
});

describe('what is listed', () => {
  beforeAll(async () => {
    await cluster.client.create(Backup, {
      apiVersion: Backup.apiVersion,
      kind: Backup.kind,
      metadata: key('listed'),
      spec: { source: { claims: [{ name: 'data' }] } } as Backup['spec'],
    });
    await complete('listed', { source: 'data', added: '12 MiB' });
  });

  test('has the columns of kubectl, on demand with namespaces', async () => {
    const { stdout } = await dokkerr.run('backup', 'list');
    expect(stdout).toMatch(/^NAME +PHASE +OF +STORE +% +SIZE +ADDED +VERIFIED +AGE$/m);
    expect(stdout).toMatch(/^listed +Completed +data +1 GiB +12 MiB +\d+s$/m);
    expect((await dokkerr.run('backup', 'list', '-A')).stdout).toMatch(/^NAMESPACE +NAME/);
  });

  test('is JSON, YAML or names for scripts', async () => {
    const json = JSON.parse((await dokkerr.run('backup', 'list', '-o', 'json')).stdout) as { items: Backup[] };
    const listed = json.items.find(({ metadata }) => metadata.name === 'listed');
    expect(listed).toMatchObject({ apiVersion: 'dokkerr.io/v1alpha1', kind: 'Backup', status: { phase: 'Completed' } });
    expect(listed?.metadata.managedFields).toBeUndefined();
    expect(parse((await dokkerr.run('backup', 'list', '-o', 'yaml')).stdout)).toEqual(json);
    expect((await dokkerr.run('backup', 'list', '-o', 'name')).stdout.split('\n')).toContain(
      'backup.dokkerr.io/listed',
    );
  });

  test('is told to be nothing where there is nothing, and stays JSON', async () => {
    const { code, stdout, stderr } = await dokkerr.run('restore', 'list');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('there is no Restore in namespace');
    expect(JSON.parse((await dokkerr.run('restore', 'list', '-o', 'json')).stdout)).toMatchObject({ items: [] });
  });

  test('may be read in part: a reader that has gone is no error', async () => {
    const command = `set -o pipefail; '${process.execPath}' src/main.ts backup list -n ${kubectl.namespace} | true`;
    const env = { ...process.env, KUBECONFIG: inject('kubeconfig') };
    await expect(run('bash', ['-c', command], { env })).resolves.toBe('');
  });

  test('is listed and completed by the plugin of the real kubectl', async () => {
    const { kubectl: binary } = await ensureBinaries(['kubectl'], { onProgress: console.log });
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const name of ['kubectl-dokkerr', 'kubectl_complete-dokkerr'])
      await symlink(resolve('scripts/dokkerr'), join(bin, name));
    const env = { ...process.env, KUBECONFIG: inject('kubeconfig'), PATH: `${bin}:${process.env.PATH}` };
    expect(await run(binary, ['dokkerr', 'backup', 'list', '-n', kubectl.namespace], { env })).toMatch(/^listed /m);
    expect(await run(binary, ['__complete', 'dokkerr', 'backup', 'cr'], { env })).toMatch(/^create\t/);
  });

  test('is offered to shells by name, and nothing where no cluster answers', async () => {
    const asked = ['__complete', '--', 'backup', 'show', '-n', kubectl.namespace, 'lis'];
    const { stdout } = await new CommandLine(inject('kubeconfig'), undefined).run(...asked);
    expect(stdout).toBe('listed\n:4\n');
    const nobody = await new CommandLine('/nowhere', undefined).run(...asked);
    expect(nobody).toMatchObject({ code: 0, stdout: ':4\n', stderr: '' });
  });

  test('is shown in full by name, canceled while it runs, and deleted without its data', async () => {
    const shown = await dokkerr.run('backup', 'show', 'listed');
    expect(shown.stdout).toMatch(/^Phase +Completed$/m);
    expect(shown.stdout).toMatch(/^When deleted +its data stays in the store$/m);
    expect(await dokkerr.run('backup', 'cancel', 'listed')).toMatchObject({ code: 2 });
    expect((await dokkerr.run('backup', 'delete', 'listed')).stdout).toContain('its data stays in the store');
    expect(await cluster.client.get(Backup, key('listed'))).toBeUndefined();

    await dokkerr.run(...create('endless'));
    const cancel = dokkerr.start('backup', 'cancel', 'endless', '--wait');
    await report('endless', transferring(10));
    await cancel.said('10%');
    expect((await cluster.client.get(Backup, key('endless')))?.spec.cancel).toBe(true);
    await report('endless', { outcome: 'Canceled', phase: 'Canceled' });
    expect(await cancel.ended).toMatchObject({ code: 0, stdout: 'Backup endless Canceled\n' });
  });

  test('is checked by the cluster and not made in a dry run', async () => {
    const { code, stdout } = await dokkerr.run(...create('dry', '--dry-run', '-o', 'yaml'));
    expect(code).toBe(0);
    expect(parse(stdout)).toMatchObject({ kind: 'Backup', spec: { verify: { mode: 'Metadata' } } });
    expect(await cluster.client.get(Backup, key('dry'))).toBeUndefined();
  });
});

function behindProxy(proxy: FaultProxy): Promise<string> {
  return kubeconfigWith('proxy', ({ clusters, users }) => {
    for (const one of clusters) one.cluster = { server: proxy.url };
    for (const one of users) one.user = {};
  });
}
