/** The kinds of Dokkerr on a control plane that has none yet. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { waitUntil } from '#cluster/wait.ts';
import { CustomResourceDefinition } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';

/** Installs them and resolves when they are served. */
export async function installKinds(client: Client): Promise<void> {
  const crd = parse(await readFile('config/crd/dokkerr.io_containers.yaml', 'utf8')) as CustomResourceDefinition;
  await client.apply(CustomResourceDefinition, crd);
  await waitUntil(
    `${crd.metadata.name} established`,
    async () => {
      const { status } = (await client.get(CustomResourceDefinition, crd.metadata)) ?? {};
      return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ?? false;
    },
    { timeoutMs: 30_000 },
  );
}
