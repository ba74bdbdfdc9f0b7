// The few questions that setting up a cluster asks of its API server. Tests use the project's own client instead.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { run } from './command.ts';
import type { ClusterContext, OnProgress } from './context.ts';
import { waitUntil } from './wait.ts';

interface Node {
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** True if pods can be scheduled on the node; throws with what the node says of itself if it is not Ready. */
export function isSchedulable(node: Node): boolean {
  const ready = node.status.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') throw new Error(ready?.message ?? 'it has not reported yet');
  return !node.spec.taints?.some(({ key }) => key.startsWith('node.kubernetes.io/'));
}

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: readonly [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

/** Resolves when the node takes pods and the namespace `default` lets them be created. */
export async function waitForNode(ctx: ClusterContext, signal: AbortSignal, onProgress: OnProgress): Promise<void> {
  const { clusters, users } = parse(await readFile(ctx.kubeconfigPath, 'utf8')) as Kubeconfig;
  const { server, ...authority } = clusters[0].cluster;
  const decode = (text: string) => Buffer.from(text, 'base64').toString();
  const dispatcher = new Agent({
    connect: {
      ca: decode(authority['certificate-authority-data']),
      cert: decode(users[0].user['client-certificate-data']),
      key: decode(users[0].user['client-key-data']),
    },
  });
  const get = async (path: string): Promise<unknown> => {
    const { statusCode, body } = await request(`${server}${path}`, { dispatcher, signal });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${path} answers ${statusCode}`);
    return JSON.parse(text);
  };
  const isReady = async () => isSchedulable((await get(`/api/v1/nodes/${ctx.nodeName}`)) as Node);
  const hasAccount = async () => (await get('/api/v1/namespaces/default/serviceaccounts/default')) !== undefined;
  try {
    await waitUntil(`node ${ctx.nodeName} Ready`, isReady, { timeoutMs: 180_000, signal });
    onProgress('node Ready');
    await waitUntil('service account default', hasAccount, { timeoutMs: 60_000, signal });
  } finally {
    await dispatcher.destroy();
  }
}

/** Applies objects with kubectl. */
export async function applyManifests(ctx: ClusterContext, objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  // The server validates; without its own check kubectl need not fetch the schemas of all kinds first.
  const options = ['--server-side', '--force-conflicts', '--validate=false'];
  const args = ['--kubeconfig', ctx.kubeconfigPath, 'apply', ...options, '-f', '-'];
  await run(ctx.binaries.kubectl ?? '', args, { input });
}
