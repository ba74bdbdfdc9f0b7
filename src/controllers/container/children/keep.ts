/** A child that is there while the spec asks for it, and not otherwise. */
import type { Applied, Kind, KubernetesObject } from '#runtime/client/types.ts';
import type { ContainerScope } from '../scope.ts';

/** @param desired undefined where the spec asks for none; otherwise of the Container's name */
export async function keepChild<C extends KubernetesObject>(
  { pass, container, namespace }: ContainerScope,
  kind: Kind<C>,
  desired: Applied<C> | undefined,
): Promise<void> {
  const { name } = container.metadata;
  if (desired !== undefined) await pass.children.apply(kind, desired);
  else if (pass.children.get(kind, name) !== undefined) await pass.children.remove(kind, { namespace, name });
}
