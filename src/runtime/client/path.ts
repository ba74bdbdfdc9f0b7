/** URLs of the Kubernetes API: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
import { DokkerrError } from '../errors.ts';
import type { Kind, ObjectKey } from './types.ts';

/** `/apis/apps/v1/namespaces/shop/deployments`; all namespaces when none is given. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const inside = kind.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : '';
  return `${root}${inside}/${kind.plural}`;
}

/** @throws DKR_INTERNAL when a namespaced kind is addressed without namespace, or anything without name */
export function objectPath(kind: Kind, key: ObjectKey, subresource?: string): string {
  if (key.name === '' || (kind.namespaced && (key.namespace === undefined || key.namespace === ''))) {
    throw new DokkerrError(
      'DKR_INTERNAL',
      `a ${kind.kind} was addressed without its ${key.name === '' ? 'name' : 'namespace'}`,
    );
  }
  const path = `${collectionPath(kind, key.namespace)}/${segment(key.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** `?a=1&b=x`, without what is undefined; empty when nothing is left. */
export function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  let text = '';
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) text += `${text === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`;
  }
  return text;
}

/** Names of objects are DNS labels nearly always; only RBAC's and CRDs' odd ones need escaping. */
function segment(name: string): string {
  return /^[a-z0-9.-]+$/.test(name) ? name : encodeURIComponent(name);
}
