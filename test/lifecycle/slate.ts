/** What every file of this suite begins with: the cluster's tools, and nothing of an operator that another file left. */
import { inject } from 'vitest';
import type { Cluster } from '#cluster/cluster.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { attachCluster } from '#cluster/local.ts';
import { createHelm } from '#test/operator/helm.ts';
import { type Tools, usualRelease } from '#test/operator/release.ts';

export interface Slate extends Tools {
  readonly cluster: Cluster;
}

/** The tools alone, for files to which whatever release is there is welcome. */
export async function openSlate(): Promise<Slate> {
  const kubeconfig = inject('kubeconfig');
  const [cluster, kubectl, helm] = await Promise.all([
    attachCluster(inject('cluster')),
    createKubectl(kubeconfig),
    createHelm(kubeconfig),
  ]);
  return { cluster, kubectl, helm };
}

/** Resolves when there is no release in the cluster and no definition of ours. */
export async function cleanSlate(): Promise<Slate> {
  const slate = await openSlate();
  const { helm, kubectl } = slate;
  const releases = JSON.parse(await helm(['list', '--all-namespaces', '--output', 'json'])) as Listed[];
  for (const { name, namespace } of releases) await helm(['uninstall', name, '--namespace', namespace, '--wait']);
  // Whoever was uninstalled may not give its Lease back; the next would wait until it expires.
  await kubectl(['delete', 'leases', '--all', '--namespace', usualRelease.namespace]);
  const definitions = (await kubectl(['get', 'crd', '--output', 'name'])).split('\n');
  const ours = definitions.filter((name) => name.endsWith('.dokkerr.io'));
  if (ours.length > 0) await kubectl(['delete', ...ours, '--timeout=60s']);
  return slate;
}

interface Listed {
  readonly name: string;
  readonly namespace: string;
}
