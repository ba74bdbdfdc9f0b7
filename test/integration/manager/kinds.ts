/** The kinds of Dokkerr on a control plane that has none yet. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { CustomResourceDefinition } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { establish } from '../established.ts';

/** Installs them and resolves when they are served. */
export async function installKinds(client: Client): Promise<void> {
  await establish(
    client,
    parse(await readFile('config/crd/dokkerr.io_containers.yaml', 'utf8')) as CustomResourceDefinition,
  );
}
