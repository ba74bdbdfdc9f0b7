/** Secrets as people make, copy and correct them. */
import { Secret } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import type { Sandbox } from './sandbox.ts';

type Texts = Readonly<Record<string, string>>;

export async function createSecret(sandbox: Sandbox, name: string, texts: Texts): Promise<void> {
  await create(sandbox, name, encoded(texts));
}

/** As an administrator does who keeps one elsewhere. @param as its name there, when another one */
export async function copySecret(what: { from: Sandbox; name: string; to: Sandbox; as?: string }): Promise<void> {
  const { from, name, to, as = name } = what;
  const secret = await from.client.get(Secret, { namespace: from.namespace, name });
  if (secret === undefined) throw new Error(`there is no Secret ${name} in namespace ${from.namespace}`);
  await create(to, as, secret.data ?? {});
}

/** Puts other texts in place of those of the same keys. */
export async function correctSecret(sandbox: Sandbox, name: string, texts: Texts): Promise<void> {
  await sandbox.patch(Secret, name, { data: encoded(texts) });
}

export async function readSecret(sandbox: Sandbox, name: string, key: string): Promise<string> {
  const found = await sandbox.client.get(Secret, { namespace: sandbox.namespace, name });
  return Buffer.from(found?.data?.[key] ?? '', 'base64').toString();
}

/** @param data base64 */
async function create({ client, namespace }: Sandbox, name: string, data: Texts): Promise<void> {
  await client.create(Secret, {
    apiVersion: apiVersionOf(Secret),
    kind: Secret.kind,
    metadata: { namespace, name },
    type: 'Opaque',
    data: { ...data },
  });
}

function encoded(texts: Texts): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
}
