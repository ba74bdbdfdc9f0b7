// CoreDNS as a plain process of the node: names of Services and pods, and "no such name" for everything else, so that no
// test depends on the world outside.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterContext, ProcessSpec } from '../context.ts';
import type { Program } from '../programs.ts';
import { answersOk } from '../readiness.ts';

/** Where CoreDNS says that it has read the cluster's Services, on the node's address. */
const READY_PORT = 8181;

const corefilePath = (ctx: ClusterContext): string => join(ctx.dir, 'dns', 'Corefile');

/**
 * CoreDNS' configuration. Answers are not cached: a test that deletes a Service may ask at once. Names outside get
 * NXDOMAIN rather than REFUSED, which resolvers would take for a passing fault and ask again; in a server of their own,
 * as `template` comes before `kubernetes` whatever the order in the file.
 */
export function corefile(ctx: ClusterContext): string {
  return `${ctx.clusterDomain} in-addr.arpa ip6.arpa {
    bind ${ctx.dnsIP}
    errors
    ready ${ctx.nodeIP}:${READY_PORT}
    kubernetes {
        kubeconfig ${ctx.kubeconfigPath}
        pods verified
        ttl 5
    }
}
. {
    bind ${ctx.dnsIP}
    errors
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;
}

/** Writes the Corefile. */
export async function prepareDns(ctx: ClusterContext): Promise<void> {
  await mkdir(join(ctx.dir, 'dns'), { recursive: true });
  await writeFile(corefilePath(ctx), corefile(ctx));
}

/** CoreDNS on `ctx.dnsIP`; ready once it knows the cluster's Services. Needs the API server and `prepareDns`. */
export function dnsProcess(ctx: ClusterContext): ProcessSpec {
  return {
    name: 'coredns',
    binary: ctx.binaries.coredns ?? '',
    args: ['-conf', corefilePath(ctx)],
    ready: answersOk(`http://${ctx.nodeIP}:${READY_PORT}/ready`),
  };
}

/** CoreDNS as a program the cluster can start once the API server serves. */
export const dnsProgram: Program = {
  name: 'coredns',
  binaries: ['coredns'],
  prepare: prepareDns,
  processes: (ctx) => [dnsProcess(ctx)],
};
