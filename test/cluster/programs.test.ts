import { describe, expect, it } from 'vitest';
import { containerdConfig } from './containerd.ts';
import type { ClusterContext } from './context.ts';
import { kubeProxyConfig } from './kube-proxy.ts';
import { clusterPrograms, processOf } from './programs.ts';
import { networkOfSlot } from './subnet.ts';

const { nodeIP, hostIP, dnsIP, podCIDR, serviceCIDR, apiServiceIP } = networkOfSlot(64);
const all = clusterPrograms({ storage: true, snapshots: true });
const names = all.flatMap((program) => program.binaries);
const ctx: ClusterContext = {
  dir: '/state/one',
  kubeletRoot: '/state/one/kubelet',
  kubeconfigPath: '/state/one/kubeconfig',
  clusterName: 'one',
  nodeName: 'node-1',
  nodeIP,
  hostIP,
  clusterDomain: 'cluster.local',
  dnsIP,
  podCIDR,
  serviceCIDR,
  apiServiceIP,
  cgroup: 'dokkerr-one',
  binaries: Object.fromEntries(names.map((name) => [name, `/cache/${name}`])),
  run: () => Promise.reject(new Error('a specification is built without running anything')),
};

describe('the programs of a cluster', () => {
  it('have names of their own and binaries that were asked for', () => {
    const specs = all.flatMap((program) => program.processes(ctx));
    expect(new Set(specs.map((spec) => spec.name)).size).toBe(specs.length);
    expect(specs.map((spec) => spec.binary).filter((path) => !path.startsWith('/cache/'))).toEqual([]);
  });

  it('can each be started again by name, from the context alone', () => {
    expect(processOf(ctx, 'kubelet')?.args).toContain('--root-dir=/state/one/kubelet');
    expect(processOf(ctx, 'nothing')).toBeUndefined();
  });

  it('wait for programs that are among them', () => {
    const awaited = all.flatMap((program) => program.after ?? []);
    expect(awaited.filter((name) => !all.some((program) => program.name === name))).toEqual([]);
  });

  it('have no kube-proxy before there is a node: it would not survive that coming late', () => {
    expect(all.find(({ name }) => name === 'kube-proxy')?.after).toContain('kubelet');
  });

  it('leave out the storage programs where storage is not wanted, and the snapshot ones where those are not', () => {
    const of = (storage: boolean, snapshots: boolean) =>
      clusterPrograms({ storage, snapshots }).flatMap((program) => program.binaries);
    expect(of(false, true)).not.toContain('csi-hostpath');
    expect(of(false, true)).not.toContain('csi-snapshotter');
    expect(of(true, false)).toContain('csi-hostpath');
    expect(of(true, false)).not.toContain('csi-snapshotter');
  });
});

describe('configuration', () => {
  it('has RBAC, the node authorizer and an audit log in kube-apiserver', () => {
    const args = processOf(ctx, 'kube-apiserver')?.args;
    expect(args).toContain('--authorization-mode=Node,RBAC');
    expect(args).toContain('--audit-log-path=/state/one/log/audit.log');
    expect(args).toContain(`--service-cluster-ip-range=${serviceCIDR}`);
  });

  it('quotes paths in containerd’s file', () => {
    const odd = { ...ctx, dir: '/state/with "quotes"' };
    expect(containerdConfig(odd)).toContain('root = "/state/with \\"quotes\\"/containerd"');
  });

  it('rewrites the sender of Service traffic only where the kernel needs it', () => {
    expect(kubeProxyConfig(ctx, '/k', true)).toMatchObject({ iptables: { masqueradeAll: false } });
    expect(kubeProxyConfig(ctx, '/k', false)).toMatchObject({ iptables: { masqueradeAll: true } });
  });
});
