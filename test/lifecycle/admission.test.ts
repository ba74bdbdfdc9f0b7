/** Admission that is away or changes its certificate: what should pass passes, and it is back by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { Secret } from '#runtime/client/kinds.ts';
import { installRelease, isReviewed, untilReviewing, usualRelease } from '#test/operator/release.ts';
import { notes } from '../e2e/notes.ts';
import { Sandbox } from '../e2e/sandbox.ts';
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

/** Whether the API server would take a new Container. */
async function tries(name: string): Promise<void> {
  const { apiVersion, kind } = Container;
  const metadata = { namespace: sandbox.namespace, name };
  const container = { apiVersion, kind, metadata, spec: notes() as Container['spec'] };
  await sandbox.client.apply(Container, container, { dryRun: true });
}

/** Those who try side by side; each waits for its answer, so that a slow machine is asked less, not buried. */
const askers = 20;

/** Tries until told to stop, at most that often a second; resolves to how many there were, and what was said of those refused. */
function startTrying(perSecond: number): () => Promise<{ tried: number; refusals: string[] }> {
  const refusals: string[] = [];
  const stopped = new AbortController();
  let tried = 0;
  const ask = async () => {
    while (!stopped.signal.aborted) {
      const pause = sleep((1000 * askers) / perSecond);
      await tries(`try-${tried++}`).catch((error: unknown) => void refusals.push(String(error)));
      await pause;
    }
  };
  const asking = Array.from({ length: askers }, ask);
  return async () => {
    stopped.abort();
    await Promise.all(asking);
    return { tried, refusals };
  };
}

test('a certificate that is made anew under load, of up to 200 admissions a second, refuses none of them', async () => {
  const before = await sandbox.client.get(Secret, secret);
  const startedAt = performance.now();
  const stop = startTrying(200);
  await sandbox.client.delete(Secret, secret);
  await slate.kubectl(['wait', '--for=create', `secret/${secret.name}`, '--namespace', namespace, '--timeout=60s']);
  await untilReviewing(slate.kubectl, sandbox.namespace);
  const { tried, refusals } = await stop();
  const perSecond = tried / ((performance.now() - startedAt) / 1000);
  console.log(`${tried} admissions, ${perSecond.toFixed(0)} a second, ${refusals.length} failed`);
  expect(refusals).toEqual([]);
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
