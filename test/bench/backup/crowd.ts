/** A hundred Backups that begin at once: how long until none is left, and whether the limits of the store hold. */
import { waitUntil } from '#cluster/wait.ts';
import { watchPods } from '../pods.ts';
import type { Row } from '../table.ts';
import { operatorUsage } from './operator.ts';
import { type Rig, sourceClaim, startRig } from './rig.ts';

const count = 100;
const maxJobs = 4;

export async function measureCrowd(note: (line: string) => void): Promise<readonly Row[]> {
  await using rig = await startRig(note, { files: 20, bytesPerFile: 1000 }, { concurrency: { maxJobs } });
  await rig.write(1);
  const before = await operatorUsage(rig);
  const since = performance.now();
  await rig.kubectl(['apply', '--server-side', '--filename', '-'], JSON.stringify(backups()));
  const { result, atOnce } = await watchPods(rig.kubectl, ['--selector', 'dokkerr.io/mover=backup'], ended(rig, note));
  const seconds = (performance.now() - since) / 1000;
  const after = await operatorUsage(rig);
  return [
    {
      backups: count,
      Completed: result,
      'wall s': seconds,
      's each': seconds / count,
      'movers at once': atOnce,
      allowed: maxJobs,
      'operator CPU s': after.cpuSeconds - before.cpuSeconds,
      'writes each': (after.writes.objects - before.writes.objects) / count,
      'peak RSS MiB': Math.round(after.peakRssMiB),
    },
  ];
}

function backups(): object {
  const spec = { source: { claims: [{ name: sourceClaim }] } };
  const items = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'Backup',
    metadata: { name: `crowd-${index}` },
    spec,
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}

/** Resolves to how many of them completed, once all have ended. */
async function ended({ kubectl }: Rig, note: (line: string) => void): Promise<number> {
  let completed = 0;
  await waitUntil(
    'all of them to have ended',
    async () => {
      const { items } = await kubectl.json<{ items: { status?: { outcome?: string } }[] }>(['get', 'backups']);
      const outcomes = items.flatMap(({ status }) => status?.outcome ?? []);
      completed = outcomes.filter((outcome) => outcome === 'Completed').length;
      note(`${outcomes.length} of ${count} have ended`);
      return outcomes.length === count;
    },
    { timeoutMs: 1_800_000, intervalMs: 15_000 },
  );
  return completed;
}
