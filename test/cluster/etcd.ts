// etcd, the store of kube-apiserver. It listens on socket files only: no port can be taken and nobody else connects.
import { join } from 'node:path';
import { Client } from 'undici';
import type { ProcessSpec } from './context.ts';
import { acceptsOn } from './readiness.ts';

/** The socket file that clients of the etcd in `dir` connect to. */
export function etcdSocket(dir: string): string {
  return join(dir, 'etcd.sock');
}

/** Longest path of a socket file; see unix(7). */
const longestSocketPath = 107;

/** One etcd member with its data below `dir`. Throws if the folder's path is too long for a socket in it. */
export function etcdProcess(binary: string, dir: string): ProcessSpec {
  if (join(dir, 'etcd-peer.sock').length > longestSocketPath) {
    throw new Error(`the path ${dir} is too long for sockets: set XDG_STATE_HOME or TMPDIR to a shorter one`);
  }
  const client = `unix://${etcdSocket(dir)}`;
  const peer = `unix://${join(dir, 'etcd-peer.sock')}`;
  return {
    name: 'etcd',
    binary,
    args: [
      '--name=default',
      `--data-dir=${join(dir, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // The data lives no longer than the cluster; a disk flush per write would only make it slower.
      '--unsafe-no-fsync=true',
      '--log-level=warn',
    ],
    ready: acceptsOn(etcdSocket(dir)),
  };
}

/** Makes etcd forget every revision before the given one, through its JSON gateway. */
export async function compact(dir: string, revision: number | string): Promise<void> {
  const client = new Client('http://localhost', { socketPath: etcdSocket(dir) });
  try {
    const body = JSON.stringify({ revision: String(revision), physical: true });
    const answer = await client.request({ path: '/v3/kv/compaction', method: 'POST', body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`etcd did not compact to revision ${revision}: ${text}`);
  } finally {
    await client.destroy();
  }
}
