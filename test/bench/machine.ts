/** On what was measured, in one line. */
import { cpus, release, totalmem } from 'node:os';
import { catalog } from '#cluster/binaries/catalog.ts';

export function machine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const programs = `Node ${process.version}, Kubernetes ${catalog.kubernetes.version}, etcd ${catalog.etcd.version}`;
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${memory}, Linux ${release()}, ${programs}`;
}
