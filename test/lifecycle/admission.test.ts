/** Admission that is away or changes its certificate: what should pass passes, and it is back by itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { Secret } from '#runtime/client/kinds.ts';
import { installRelease, isReviewed, untilReviewing, usualRelease } from '#test/operator/release.ts';
import { notes } from '../e2e/notes.ts';
import { Sandbox } from '../e2e/sandbox.ts';
import { offerAdmissions } from './admissions.ts';
import { openSlate, type Slate } from './slate.ts';

const { namespace } = usualRelease;
const secret = { namespace, name: 'dokkerr-webhook-certificate' };
let slate: Slate;
let sandbox: Sandbox;
beforeAll(async () => {
  slate = await openSlate();
  await installRelease(slate, usualRelease);
  sandbox = await Sandbox.open('admission');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** Whether the API server would take a new Container; created, since an apply costs it more than the review does. */
function tries(name: string): Promise<Container> {
  const { apiVersion, kind } = Container;
  const metadata = { namespace: sandbox.namespace, name };
  const container = { apiVersion, kind, metadata, spec: notes() as Container['spec'] };
  return sandbox.client.create(Container, container, { dryRun: true });
}

test('a certificate that is made anew while 200 admissions a second are asked for refuses none of them', async () => {
  const before = await sandbox.client.get(Secret, secret);
  const stop = offerAdmissions(200, tries);
  await sandbox.client.delete(Secret, secret);
  await slate.kubectl(['wait', '--for=create', `secret/${secret.name}`, '--namespace', namespace, '--timeout=60s']);
  await untilReviewing(slate.kubectl, sandbox.namespace);
  const { answered, perSecond, failures } = await stop();
  console.log(`${answered} admissions, ${perSecond.toFixed(0)} a second, ${failures.length} failed`);
  expect(failures).toEqual([]);
  const after = await sandbox.client.get(Secret, secret);
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
});

test('Containers are taken while no webhook runs, and reviewed again when one does', async () => {
  const { kubectl } = slate;
  expect(await isReviewed(kubectl, sandbox.namespace)).toBe(true);
  const scale = (replicas: number) =>
    kubectl(['scale', 'deployment/dokkerr', '--namespace', namespace, `--replicas=${replicas}`]);
  await scale(0);
  await kubectl(['wait', '--for=delete', 'pods', '--all', '--namespace', namespace, '--timeout=60s']);
  const startedAt = performance.now();
  await sandbox.declare('unreviewed', notes({ suspend: true }));
  console.log(`taken after ${(performance.now() - startedAt).toFixed(0)} ms while no webhook runs`);
  await scale(2);
  await untilReviewing(kubectl, sandbox.namespace);
  await sandbox.ready('unreviewed');
});
