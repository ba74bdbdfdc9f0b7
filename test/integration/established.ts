/** Waits for a custom resource definition to be served. */
import { waitUntil } from '#cluster/wait.ts';
import { CustomResourceDefinition } from '#runtime/client/kinds.ts';
import type { Applied, Client } from '#runtime/client/types.ts';

/** Applies the definition and resolves once objects of its kind can be made. */
export async function establish(client: Client, definition: Applied<CustomResourceDefinition>): Promise<void> {
  const { metadata } = await client.apply(CustomResourceDefinition, definition);
  await waitUntil(
    `${metadata.name} established`,
    async () => {
      const { status } = (await client.get(CustomResourceDefinition, metadata)) ?? {};
      return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ?? false;
    },
    { timeoutMs: 30_000 },
  );
}
