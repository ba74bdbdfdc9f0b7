// kubectl against one cluster, as a person would call it: text in, text out, and its own words when it fails.
import { ensureBinaries } from './binaries/ensure.ts';
import { run } from './command.ts';

export interface Kubectl {
  /** Resolves to standard output, trimmed; rejects with what kubectl said. `input` is its standard input. */
  (args: readonly string[], input?: string): Promise<string>;
  /** The same, with `-o json` parsed. */
  json<T>(args: readonly string[]): Promise<T>;
}

/** A kubectl for the cluster of that kubeconfig, of the cluster's own version. */
export async function createKubectl(kubeconfigPath: string): Promise<Kubectl> {
  const { kubectl: binary } = await ensureBinaries(['kubectl'], { onProgress: () => undefined });
  const call = async (args: readonly string[], input?: string) => {
    const out = await run(binary, ['--kubeconfig', kubeconfigPath, ...args], input === undefined ? {} : { input });
    return out.trim();
  };
  const json = async <T>(args: readonly string[]) => JSON.parse(await call([...args, '-o', 'json'])) as T;
  return Object.assign(call, { json });
}
