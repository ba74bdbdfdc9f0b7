/** `kubectl proxy`: the way to a Service from a host that has no route to the cluster's addresses. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { bound } from '#cluster/processes.ts';

/** Starts it on a free port and resolves to its base URL; it ends with this process. */
export async function startProxy(kubeconfigPath: string): Promise<string> {
  const { kubectl } = await ensureBinaries(['kubectl'], { onProgress: () => undefined });
  const child = spawn(...bound(kubectl, ['--kubeconfig', kubeconfigPath, 'proxy', '--port=0']), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.unref();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('exit', (code) => reject(new Error(`kubectl proxy ended with exit code ${code}`)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const address = /Starting to serve on (\S+)/.exec(line)?.[1];
    if (address !== undefined) resolve(`http://${address}`);
  });
  return promise;
}
