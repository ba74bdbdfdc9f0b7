/** Objects by name. One that is not there is an error that says which was probably meant. */
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';
import { asDokkerrError, DokkerrError } from '#runtime/errors.ts';
import { nearMiss } from './near-miss.ts';
import type { Session } from './session.ts';

/** As many names as a line can hold. */
const mostNamed = 5;

/** @throws DKR_DEPENDENCY_MISSING naming what there is instead */
export async function find<T extends KubernetesObject>(session: Session, kind: Kind<T>, name: string): Promise<T> {
  const found = await session.client.get(kind, { namespace: session.namespace, name });
  if (found !== undefined) return found;
  const namespace = kind.namespaced ? session.namespace : undefined;
  throw absent(kind.kind, name, namespace, await namesOf(session, kind));
}

/** The same before something is made that refers to it. Who may not read it is told by the operator instead. */
export async function ensureThere<T extends KubernetesObject>(
  session: Session,
  kind: Kind<T>,
  name: string,
): Promise<T | undefined> {
  try {
    return await find(session, kind, name);
  } catch (thrown) {
    if (asDokkerrError(thrown).code !== 'DKR_API_FORBIDDEN') throw thrown;
    return undefined;
  }
}

async function namesOf({ client, namespace }: Session, kind: Kind): Promise<string[]> {
  const { items } = await client.list(kind, kind.namespaced ? { namespace } : {});
  return items.map(({ metadata }) => metadata.name);
}

/** The error, in words that help. Pure. @param namespace undefined for what belongs to the cluster */
export function absent(
  kind: string,
  name: string,
  namespace: string | undefined,
  names: readonly string[],
): DokkerrError {
  const near = nearMiss(name, names);
  const others =
    names.length > mostNamed
      ? `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`
      : names.join(', ');
  const instead =
    near !== undefined
      ? `did you mean ${near}?`
      : names.length === 0
        ? namespace === undefined
          ? 'there is none'
          : `there is none in that namespace; --namespace names another`
        : `there are ${others}`;
  return new DokkerrError(
    'DKR_DEPENDENCY_MISSING',
    `there is no ${kind} ${name}${namespace === undefined ? '' : ` in namespace ${namespace}`}: ${instead}`,
  );
}
