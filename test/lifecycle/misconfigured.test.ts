/** An operator that cannot work as it was told to: the reason stands in its pod's status and as the one line it logged. */
import { beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import type { Pod } from '#runtime/client/kinds.ts';
import { applyRelease, type Release } from '#test/operator/release.ts';
import { operatorPods } from './pods.ts';
import { cleanSlate, type Slate } from './slate.ts';
import { trustAnother } from './trust.ts';

let slate: Slate;
beforeAll(async () => {
  slate = await cleanSlate();
});

interface Ended {
  readonly exitCode: number;
  /** what `kubectl describe pod` shows of the end */
  readonly message?: string;
}

/** How the operator's process ended, as soon as one did. */
async function end(release: Release): Promise<{ pod: Pod; ended: Ended }> {
  let found: { pod: Pod; ended: Ended } | undefined;
  const hasEnded = async () => {
    for (const pod of await operatorPods(slate.kubectl, release)) {
      const [{ state, lastState } = {}] = pod.status?.containerStatuses ?? [];
      const ended = lastState?.terminated ?? state?.terminated;
      if (ended !== undefined) found = { pod, ended };
    }
    return found !== undefined;
  };
  await waitUntil('the end of the operator', hasEnded, { timeoutMs: 60_000, intervalMs: 250 });
  if (found === undefined) throw new Error('unreachable: waiting ends with an end or an error');
  return found;
}

/** The lines that say more than how far it came; by now the kubelet may have started the container again. */
async function complaints(pod: Pod): Promise<string[]> {
  const { name, namespace = '' } = pod.metadata;
  let found: string[] = [];
  const hasComplained = async () => {
    const log = await slate.kubectl(['logs', name, '--namespace', namespace]);
    found = log.split('\n').filter((line) => line !== '' && !line.includes('"level":"info"'));
    return found.length > 0;
  };
  await waitUntil('a word in its log', hasComplained, { timeoutMs: 30_000 });
  return found;
}

/** It ends with code 2, and says why in one line, which stands in its pod's status too. */
async function expectEnd(release: Release, says: string): Promise<void> {
  const { pod, ended } = await end(release);
  expect(ended.exitCode).toBe(2);
  const lines = await complaints(pod);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(says);
  expect(ended.message).toContain(says);
  await slate.helm(['uninstall', release.name, '--namespace', release.namespace]);
}

const badly = (name: string): Release => ({ name: `dokkerr-${name}`, namespace: `bad-${name}` });

describe.concurrent('the operator ends with code 2 and one line of cause and cure', () => {
  test.for([
    ['a flag that is none', 'flag', ['--no-such-flag'], '--no-such-flag'],
    ['a list of namespaces that are none', 'list', ['--namespaces=Shop'], '--namespaces "Shop"'],
    ['the definitions missing', 'kinds', [], 'the cluster does not know Container'],
  ] as const)('with %s', async ([, name, extraArgs, says]) => {
    const release = badly(name);
    await applyRelease(slate, release, { values: { crds: { install: false }, extraArgs, replicas: 1 } });
    await expectEnd(release, says);
  });

  test('with an authority that did not sign the certificate of the API server', async () => {
    const release = badly('authority');
    await applyRelease(slate, release, { values: { crds: { install: false }, replicas: 0 } });
    await trustAnother(slate, release);
    await expectEnd(release, 'its certificate is not trusted');
  });
});

test('it ends so too where a namespace that it is to serve does not exist', async () => {
  const release = badly('namespace');
  await applyRelease(slate, release, { values: { extraArgs: ['--namespaces=nowhere'], replicas: 1 } });
  await expectEnd(release, 'namespace nowhere does not exist');
});
