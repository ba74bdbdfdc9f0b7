/** What the operator in a rig's cluster has used so far, all its replicas together. */
import { readFile } from 'node:fs/promises';
import { selectorOf, usualRelease } from '#test/operator/release.ts';
import { countWrites } from '../audit.ts';
import { podsOf, usageOfPods } from '../pods.ts';
import type { Rig } from './rig.ts';

export interface OperatorUsage {
  readonly cpuSeconds: number;
  /** of the replica that held most */
  readonly peakRssMiB: number;
  readonly writes: ReturnType<typeof countWrites>;
}

export async function operatorUsage({ kubectl, auditLog }: Rig): Promise<OperatorUsage> {
  const of = ['--namespace', usualRelease.namespace, '--selector', selectorOf(usualRelease)];
  const usages = await usageOfPods(await podsOf(kubectl, of));
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakRssMiB: Math.max(0, ...usages.map(({ peakRssMiB }) => peakRssMiB)),
    writes: countWrites(await readFile(auditLog, 'utf8'), /^dokkerr\//),
  };
}
