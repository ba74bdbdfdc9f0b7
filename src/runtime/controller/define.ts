/** Builders of a controller's declaration: they keep a kind's type while it is written down and drop it afterwards. */
import type { InformerOptions } from '../cache/types.ts';
import type { Kind, KubernetesObject } from '../client/types.ts';
import type { ControllerDefinition, OwnedKind, Reconciled, RunDefinition, RunObject, WatchedKind } from './types.ts';

/**
 * Declares a controller.
 * @example
 * export const widgetController = defineController({
 *   name: 'widget', kind: Widget, owns: [owned(ConfigMap)], scope: readScope, steps: [writeConfig], status: summarise,
 * });
 */
export function defineController<T extends Reconciled, S>(
  definition: ControllerDefinition<T, S>,
): ControllerDefinition<T, S> {
  return definition;
}

/**
 * Declares the controller of a run kind.
 * @example
 * export const backupController = defineRun({
 *   name: 'backup', kind: Backup, owns: [owned(Job)], scope: readScope, status: summarise,
 *   itinerary: { forward: [initiate, snapshot, store, verify], duties: [cleanUp] },
 *   finalizer: { name: 'dokkerr.io/backup', steps: [] },
 * });
 */
export function defineRun<T extends RunObject, S>(definition: RunDefinition<T, S>): RunDefinition<T, S> {
  return definition;
}

/** A kind whose objects the controller makes; a change of one runs its owner. */
export function owned<C extends KubernetesObject>(
  kind: Kind<C>,
  more: { options?: InformerOptions<C>; verbs?: readonly string[]; optional?: boolean } = {},
): OwnedKind {
  // Sound: the engine hands `options` to the informer of `kind` only, whose objects are of type C.
  return { kind, ...more } as unknown as OwnedKind;
}

/** A kind whose objects concern the controller's without being its own. */
export function watched<W extends KubernetesObject>(
  kind: Kind<W>,
  map: WatchedKind<W>['map'],
  more: { options?: InformerOptions<W>; verbs?: readonly string[]; optional?: boolean } = {},
): WatchedKind {
  // Sound: the engine calls `map` with changes from the informer of `kind` only.
  return { kind, map, ...more } as unknown as WatchedKind;
}
