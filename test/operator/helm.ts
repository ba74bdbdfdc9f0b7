/** Helm against one cluster, as a person would call it: text in, text out, and its own words when it fails. */
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { run } from '#cluster/command.ts';

/** Resolves to standard output; rejects with what Helm said. `input` is its standard input. */
export type Helm = (args: readonly string[], input?: string) => Promise<string>;

/** A Helm for the cluster of that kubeconfig. */
export async function createHelm(kubeconfigPath: string): Promise<Helm> {
  const { helm } = await ensureBinaries(['helm'], { onProgress: () => undefined });
  return (args, input) => run(helm, ['--kubeconfig', kubeconfigPath, ...args], input === undefined ? {} : { input });
}
