// kube-apiserver: RBAC on, every request in the audit log, a static administrator's token beside the certificates.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ProcessSpec } from './context.ts';
import { etcdSocket } from './etcd.ts';
import type { Pki } from './pki.ts';
import { answersOk } from './readiness.ts';

/** What one kube-apiserver is told. */
export interface ApiServerOptions {
  readonly binary: string;
  readonly dir: string;
  readonly pki: Pki;
  /** Where it listens. */
  readonly bindAddress: string;
  readonly port: number;
  /** What it tells others to reach it at. */
  readonly advertiseAddress: string;
  readonly serviceCIDR: string;
  /** Further arguments; they win over ours of the same name. */
  readonly extraArgs?: readonly string[];
}

/** Audit log: one JSON line a request (audit.k8s.io/v1 Event). */
export function auditLogPath(dir: string): string {
  return join(dir, 'log/audit.log');
}

/** Every request of every user with verb, object and response code, but neither bodies nor health checks. */
export const defaultAuditPolicy: object = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*'] }, { level: 'Metadata' }],
};

/** The administrator's bearer token file: `token,user,uid,groups`. */
export function tokenPath(dir: string): string {
  return join(dir, 'tokens.csv');
}

export function auditPolicyPath(dir: string): string {
  return join(dir, 'audit-policy.yaml');
}

/** Writes the two files kube-apiserver is given by path. */
export async function writeApiServerFiles(dir: string, token: string, policy = defaultAuditPolicy): Promise<void> {
  await Promise.all([
    writeFile(tokenPath(dir), `${token},kubernetes-admin,kubernetes-admin,system:masters\n`, { mode: 0o600 }),
    writeFile(auditPolicyPath(dir), stringify(policy)),
  ]);
}

/** kube-apiserver on the etcd in the same `dir`. */
export function apiServerProcess(options: ApiServerOptions): ProcessSpec {
  const { binary, dir, pki, bindAddress, port, advertiseAddress } = options;
  return {
    name: 'kube-apiserver',
    binary,
    args: [
      `--etcd-servers=unix://${etcdSocket(dir)}`,
      `--bind-address=${bindAddress}`,
      `--secure-port=${port}`,
      `--advertise-address=${advertiseAddress}`,
      `--client-ca-file=${pki.ca.cert}`,
      `--tls-cert-file=${pki.apiserver.cert}`,
      `--tls-private-key-file=${pki.apiserver.key}`,
      `--kubelet-client-certificate=${pki.apiserverToKubelet.cert}`,
      `--kubelet-client-key=${pki.apiserverToKubelet.key}`,
      // The node's name is in no DNS, and exec and logs would look it up.
      '--kubelet-preferred-address-types=InternalIP',
      `--token-auth-file=${tokenPath(dir)}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${pki.serviceAccountKey}`,
      `--service-account-signing-key-file=${pki.serviceAccountKey}`,
      `--service-cluster-ip-range=${options.serviceCIDR}`,
      '--allow-privileged=true',
      `--audit-policy-file=${auditPolicyPath(dir)}`,
      `--audit-log-path=${auditLogPath(dir)}`,
      // Megabytes before it is rotated: a test reads one file from beginning to end.
      '--audit-log-maxsize=10000',
      ...(options.extraArgs ?? []),
    ],
    ready: async (signal) => {
      const ca = readFileSync(pki.ca.cert, 'utf8');
      return answersOk(`https://${advertiseAddress}:${port}/readyz`, { ca })(signal);
    },
  };
}
