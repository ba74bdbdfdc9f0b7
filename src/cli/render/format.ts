/** Objects in the forms scripts read: `-o json|yaml|name`, as kubectl writes them. */
import { Option } from 'commander';
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';

export const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

/** @param choices which of them the command has */
export function outputOption(choices: readonly Format[] = formats): Option {
  return new Option('-o, --output <format>', 'in which form').choices([...choices]).default('table', 'for people');
}

/** One object, or a list of them; undefined where the format is for people. */
export async function formatted(
  format: Format,
  kind: Kind,
  shown: KubernetesObject | readonly KubernetesObject[],
): Promise<string | undefined> {
  switch (format) {
    case 'table':
    case 'wide':
      return undefined;
    case 'name':
      return [shown]
        .flat()
        .map(({ metadata }) => `${kind.kind.toLowerCase()}.${kind.group}/${metadata.name}`)
        .join('\n');
    case 'json':
      return JSON.stringify(document(shown), undefined, 2);
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(document(shown), { lineWidth: 0 }).trimEnd();
    }
  }
}

function document(shown: KubernetesObject | readonly KubernetesObject[]): unknown {
  if (!isMany(shown)) return withoutManagers(shown);
  return { apiVersion: 'v1', kind: 'List', items: shown.map(withoutManagers), metadata: {} };
}

function isMany(shown: KubernetesObject | readonly KubernetesObject[]): shown is readonly KubernetesObject[] {
  return Array.isArray(shown);
}

/** Nobody reads who wrote which field; kubectl leaves it out, too. */
function withoutManagers<T extends KubernetesObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
