/** Backup and restore of 2 GiB in 20 000 files, from `kubectl apply` to Completed, beside restic alone on the same files. */
import type { Kubectl } from '#cluster/kubectl.ts';
import type { Row } from '../table.ts';
import { type Rig, sourceClaim, startRig } from './rig.ts';

const files = 20_000;

/** One row a case; the steps' own seconds stand behind. */
export async function measureBackup(note: (line: string) => void): Promise<readonly Row[]> {
  await using rig = await startRig(note, { files, bytesPerFile: Math.round(2 ** 31 / files) });
  note('writing the files');
  await rig.write(1);
  await rig.restic(['init']);
  const rows = [await measure(rig, 'first', note), await measure(rig, 'unchanged', note)];
  await rig.write(100);
  rows.push(await measure(rig, 'one-percent', note));
  note('restore');
  const raw = await rig.restic(['restore', 'latest', '--target', '/target']);
  const target = { claim: { name: 'restored', size: '6Gi' } };
  const spec = { source: { backupRef: { name: 'one-percent' } }, target };
  rows.push(row('restore', raw, await timed(rig.kubectl, 'Restore', 'restored', spec)));
  return rows;
}

async function measure(rig: Rig, name: string, note: (line: string) => void): Promise<Row> {
  note(name);
  const raw = await rig.restic(['backup', '/data']);
  return row(name, raw, await timed(rig.kubectl, 'Backup', name, { source: { claims: [{ name: sourceClaim }] } }));
}

interface Timed {
  readonly seconds: number;
  /** seconds of each step that took one at least */
  readonly steps: Readonly<Record<string, number>>;
}

export async function timed(kubectl: Kubectl, kind: string, name: string, spec: object): Promise<Timed> {
  const object = { apiVersion: 'dokkerr.io/v1alpha1', kind, metadata: { name }, spec };
  const since = performance.now();
  await kubectl(['apply', '--filename', '-'], JSON.stringify(object));
  const of = `${kind.toLowerCase()}/${name}`;
  await kubectl(['wait', '--for=condition=Ready', of, '--timeout=600s']);
  const seconds = (performance.now() - since) / 1000;
  const { status } = await kubectl.json<{ status: { steps: StepTimes[] } }>(['get', of]);
  return { seconds, steps: Object.fromEntries(status.steps.map((step) => [step.name, secondsOf(step)])) };
}

interface StepTimes {
  readonly name: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
}

/** To the second, as the API writes times. */
function secondsOf({ startedAt = '', completedAt = '' }: StepTimes): number {
  return (Date.parse(completedAt) - Date.parse(startedAt)) / 1000 || 0;
}

function row(name: string, raw: number, { seconds, steps }: Timed): Row {
  const shares = Object.entries(steps)
    .filter(([, share]) => share >= 1)
    .map(([step, share]) => `${step} ${share}`)
    .join(', ');
  return {
    case: name,
    'restic s': raw,
    'dokkerr s': seconds,
    ratio: seconds / raw,
    'over s': seconds - raw,
    steps: shares,
  };
}
