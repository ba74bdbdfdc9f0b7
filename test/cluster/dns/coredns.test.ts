// CoreDNS' configuration as text: what it answers is seen in a running cluster, what it must never do is seen here.
import { expect, it } from 'vitest';
import type { ClusterContext } from '../context.ts';
import { corefile } from './coredns.ts';

const ctx = {
  clusterDomain: 'cluster.test',
  dnsIP: '10.9.254.10',
  nodeIP: '10.9.0.2',
  kubeconfigPath: '/c/kubeconfig',
} as ClusterContext;

it('answers on the address pods are told, and on no other', () => {
  expect(corefile(ctx).match(/bind .*/g)).toEqual(['bind 10.9.254.10', 'bind 10.9.254.10']);
});

it('asks nobody outside the cluster', () => {
  expect(corefile(ctx)).not.toMatch(/forward|resolv\.conf/);
});

it('keeps the answer for the world out of the server that answers for the cluster', () => {
  const [cluster = '', world = ''] = corefile(ctx).split(/^}\n/m);
  expect(cluster).toMatch(/^cluster\.test .*\{[\s\S]*kubernetes/);
  expect(cluster).not.toContain('template');
  expect(world).toMatch(/^\. \{[\s\S]*template ANY ANY/);
});
