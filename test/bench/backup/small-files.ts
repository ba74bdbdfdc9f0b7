/** 200 000 small files backed up and restored: how long, and how much memory movers and operator hold. */

import { watchPods } from '../pods.ts';
import type { Row } from '../table.ts';
import { timed } from './case.ts';
import { operatorUsage } from './operator.ts';
import { type Rig, sourceClaim, startRig } from './rig.ts';

const load = { files: 200_000, bytesPerFile: 500 };

/** One row a run. */
export async function measureSmallFiles(note: (line: string) => void): Promise<readonly Row[]> {
  await using rig = await startRig(note, load);
  note('writing the files');
  await rig.write(1);
  const source = { claims: [{ name: sourceClaim }] };
  const rows = [];
  for (const name of ['first', 'unchanged']) {
    note(name);
    rows.push(await measure(rig, name, () => timed(rig.kubectl, 'Backup', name, { source })));
  }
  note('restore');
  const spec = { source: { backupRef: { name: 'first' } }, target: { claim: { name: 'restored', size: '6Gi' } } };
  return [...rows, await measure(rig, 'restore', () => timed(rig.kubectl, 'Restore', 'restored', spec))];
}

async function measure(rig: Rig, name: string, run: () => Promise<{ readonly seconds: number }>): Promise<Row> {
  const { result, peakMiB } = await watchPods(rig.kubectl, ['--selector', 'dokkerr.io/mover'], run());
  const { peakRssMiB } = await operatorUsage(rig);
  // Node calls its threads as it likes; nothing else in the pod holds much.
  const others = [...peakMiB].filter(([program]) => program !== 'restic').map(([, held]) => held);
  return {
    case: name,
    'wall s': result.seconds,
    'restic MiB': Math.round(peakMiB.get('restic') ?? 0),
    'mover MiB': Math.round(Math.max(0, ...others)),
    'operator MiB': Math.round(peakRssMiB),
  };
}
