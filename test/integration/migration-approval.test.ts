/** Who may approve a Migration, as a real API server judges it by the policy and the roles people have. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { CommandError } from '#cluster/command.ts';
import { waitUntil } from '#cluster/wait.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { CommandLine } from '#test/operator/command-line.ts';
import { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '#webhooks/kinds.ts';
import { migrationApproval } from '#webhooks/migration-approval.ts';
import { Kubectl } from './crd/kubectl.ts';

const { policy, binding } = migrationApproval({ name: `approval-${randomUUID().slice(0, 8)}`, operators: [] });

let kubectl: Kubectl;
let cluster: ClusterConnection;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  cluster = await connectCluster({ kubeconfig: inject('kubeconfig') });
  await cluster.client.create(ValidatingAdmissionPolicy, policy);
  await cluster.client.create(ValidatingAdmissionPolicyBinding, binding);
  await grant('author', ['get', 'create', 'patch']);
  await grant('approver', ['get', 'patch', 'approve']);
  const isRefused = async () => (await attempt('author', approved('probe'), '--dry-run=server')) !== undefined;
  await waitUntil('the policy to be in force', isRefused, { timeoutMs: 30_000 });
});
afterAll(async () => {
  await cluster.client.delete(ValidatingAdmissionPolicyBinding, { name: binding.metadata.name });
  await cluster.client.delete(ValidatingAdmissionPolicy, { name: policy.metadata.name });
  await cluster.transport.close();
  await kubectl[Symbol.asyncDispose]();
});

/** A role with these verbs on Migrations, and a user of its name who has it. */
async function grant(user: string, verbs: readonly string[]): Promise<void> {
  const resource = '--resource=migrations.dokkerr.io';
  await kubectl.inNamespace(['create', 'role', user, ...verbs.map((verb) => `--verb=${verb}`), resource]);
  await kubectl.inNamespace(['create', 'rolebinding', user, `--role=${user}`, `--user=${user}`]);
}

const migration = (name: string, switchOver: object) => ({
  apiVersion: 'dokkerr.io/v1alpha1',
  kind: 'Migration',
  metadata: { name },
  spec: { source: { containerRef: { name: 'notes' } }, target: { storageClassName: 'fast' }, switchOver },
});
const waiting = (name: string) => migration(name, { requireApproval: true });
const approved = (name: string) => migration(name, { requireApproval: true, approved: true });

/** What that user is refused with; undefined when they are not. */
async function refusal(as: string, args: readonly string[], input?: object): Promise<string | undefined> {
  try {
    await kubectl.inNamespace([...args, `--as=${as}`], input);
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error.stderr;
    throw error;
  }
}

const attempt = (as: string, object: object, ...flags: readonly string[]) =>
  refusal(as, ['create', '--filename', '-', ...flags], object);
const patch = (as: string, name: string, spec: object) =>
  refusal(as, ['patch', 'migration', name, '--type=merge', '--patch', JSON.stringify({ spec })]);

describe('a Migration that asks for approval', () => {
  test('is approved by whoever has the verb, and by nobody who may only change it', async () => {
    expect(await attempt('author', waiting('moved'))).toBeUndefined();
    const refused = await patch('author', 'moved', { switchOver: { approved: true } });
    expect(refused).toContain(
      `author may not approve Migration moved: spec.switchOver.approved takes the verb approve on migrations.dokkerr.io in namespace ${kubectl.namespace}`,
    );
    expect(await patch('approver', 'moved', { switchOver: { approved: true } })).toBeUndefined();
  });

  test('may be changed otherwise without the verb, before and after it was approved', async () => {
    expect(await attempt('author', waiting('kept'))).toBeUndefined();
    expect(await patch('author', 'kept', { keepSource: { for: '7d' } })).toBeUndefined();
    expect(await patch('approver', 'kept', { switchOver: { approved: true } })).toBeUndefined();
    expect(await patch('author', 'kept', { cancel: true })).toBeUndefined();
  });

  test('is not born approved, nor relieved of asking, by somebody without the verb', async () => {
    expect(await attempt('author', approved('born'))).toContain('author may not approve Migration born');
    expect(await attempt('author', { ...approved(''), metadata: { generateName: 'born-' } })).toContain(
      'may not approve Migration born-',
    );
    expect(await attempt('author', waiting('asking'))).toBeUndefined();
    const relieved = await patch('author', 'asking', { switchOver: { requireApproval: false } });
    expect(relieved).toContain('of switchOver only approved can change');
  });

  test('is approved at a prompt by whoever may, and who may not is told what it takes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dokkerr-approval-'));
    const promptOf = async (user: string) => {
      const config = parse(await readFile(inject('kubeconfig'), 'utf8')) as { users: { user: { as?: string } }[] };
      for (const one of config.users) one.user.as = user;
      await writeFile(join(folder, user), stringify(config));
      return new CommandLine(join(folder, user), kubectl.namespace);
    };
    expect(await attempt('author', waiting('prompted'))).toBeUndefined();
    expect(await (await promptOf('author')).run('migration', 'approve', 'prompted')).toEqual({
      code: 2,
      stdout: '',
      stderr: `dokkerr: the cluster refused it: author may not approve Migration prompted: spec.switchOver.approved takes the verb approve on migrations.dokkerr.io in namespace ${kubectl.namespace}\n`,
    });
    expect(await (await promptOf('approver')).run('migration', 'approve', 'prompted')).toMatchObject({
      code: 0,
      stdout: 'Migration prompted is approved\n',
    });
    await rm(folder, { recursive: true });
  });

  test('may be approved by a role for that one alone', async () => {
    const [resource, name] = ['--resource=migrations.dokkerr.io', '--resource-name=this'];
    await kubectl.inNamespace(['create', 'role', 'one', '--verb=get,patch,approve', resource, name]);
    await kubectl.inNamespace(['create', 'rolebinding', 'one', '--role=one', '--user=deputy']);
    await grant('deputy', ['get', 'patch']);
    for (const wanted of ['this', 'that']) expect(await attempt('author', waiting(wanted))).toBeUndefined();
    expect(await patch('deputy', 'that', { switchOver: { approved: true } })).toContain('deputy may not approve');
    expect(await patch('deputy', 'this', { switchOver: { approved: true } })).toBeUndefined();
  });
});
