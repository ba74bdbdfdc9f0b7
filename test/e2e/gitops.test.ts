/** What GitOps tools need of a resource: that applying it again changes nothing, and that its status tells when to go on. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { Deployment, Service } from '#runtime/client/kinds.ts';
import { auditedRequests, writesOf } from '#test/audit.ts';
import { userOf, usualRelease } from '#test/operator/release.ts';
import { kstatus } from './kstatus.ts';
import { notes } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('gitops');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const times = 100;

describe.concurrent('a Container that GitOps applies', () => {
  test(`is applied ${times} times, and the operator writes nothing`, async () => {
    const name = 'again';
    await sandbox.declare(name, notes());
    await sandbox.ready(name);
    const versions = () =>
      [Container, Deployment, Service].map(
        (kind) => sandbox.get(kind as typeof Service, name)?.metadata.resourceVersion,
      );
    const before = versions();
    const since = Date.now();
    for (let time = 0; time < times; time++) await sandbox.declare(name, notes());
    // Once this is Ready, the operator has seen whatever the applying did before it.
    await sandbox.declare('later', notes({ suspend: true }));
    await sandbox.ready('later');
    expect(versions()).toEqual(before);
    expect(await writesTo(name, since)).toEqual([]);
  });

  test('is InProgress until it is Current, and Failed only while what was declared cannot come true', async () => {
    const name = 'stages';
    await sandbox.declare(name, notes());
    await sandbox.ready(name);
    await sandbox.declare(name, notes({ image: 'localhost/nowhere:1.0' }));
    await sandbox.eventually('Failed', () => statusOf(name) === 'Failed');
    await sandbox.declare(name, notes({ image: 'localhost/notes:1.1' }));
    await sandbox.ready(name);
    const stages = sandbox.history(Container, name).map(kstatus);
    expect(stages.filter((stage, index) => stage !== stages[index - 1])).toEqual([
      'InProgress',
      'Current',
      'InProgress',
      'Failed',
      'InProgress',
      'Current',
    ]);
  });
});

function statusOf(name: string): string | undefined {
  const container = sandbox.newest(name);
  return container && kstatus(container);
}

/** The operator's writes to objects of that name; where the audit log is not ours to read, unchanged objects must do. */
async function writesTo(name: string, since: number): Promise<string[]> {
  const auditLog = inject('auditLog');
  if (auditLog === '') return [];
  const requests = await auditedRequests(auditLog, { user: userOf(usualRelease) });
  return writesOf(requests)
    .filter((write) => write.namespace === sandbox.namespace && write.name === name && write.at >= since)
    .map(({ verb, resource }) => `${verb} ${resource}`);
}
