// kube-proxy with iptables, inside the cluster's own network namespace.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterContext, ProcessSpec } from './context.ts';

/**
 * kubeproxy.config.k8s.io/v1alpha1 KubeProxyConfiguration. Where the kernel does not pass bridged packets to iptables,
 * the answer of a pod to another on the same node would bypass the translation of the Service's address; rewriting the
 * sender too (`masqueradeAll`) brings it back through the node.
 */
export function kubeProxyConfig(ctx: ClusterContext, kubeconfigPath: string, bridgeNetfilter: boolean): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: kubeconfigPath },
    hostnameOverride: ctx.nodeName,
    bindAddress: ctx.nodeIP,
    healthzBindAddress: `${ctx.nodeIP}:10256`,
    metricsBindAddress: '127.0.0.1:10249',
    mode: 'iptables',
    clusterCIDR: ctx.podCIDR,
    detectLocalMode: 'ClusterCIDR',
    iptables: { masqueradeAll: !bridgeNetfilter, minSyncPeriod: '50ms' },
    // The limit is the whole machine's and not ours to change from a namespace.
    conntrack: { maxPerCore: 0, min: 0 },
  };
}

/** Writes the file that {@link kubeProxyProcess} reads; `kubeconfigPath` is kube-proxy's own. */
export async function writeKubeProxyFiles(ctx: ClusterContext, kubeconfigPath: string): Promise<void> {
  const config = kubeProxyConfig(ctx, kubeconfigPath, existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables'));
  await writeFile(join(ctx.dir, 'kube-proxy.yaml'), stringify(config));
}

export function kubeProxyProcess(ctx: ClusterContext): ProcessSpec {
  return {
    name: 'kube-proxy',
    binary: ctx.binaries['kube-proxy'] ?? '',
    args: [`--config=${join(ctx.dir, 'kube-proxy.yaml')}`],
  };
}
