/** The kinds of Dokkerr on a control plane that has none yet. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CustomResourceDefinition } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { establish } from '../established.ts';

const folder = 'config/crd';

/** Installs all of them and resolves when they are served. */
export async function installKinds(client: Client): Promise<void> {
  const files = await readdir(folder);
  const definitions = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  await Promise.all(definitions.map((text) => establish(client, parse(text) as CustomResourceDefinition)));
}
