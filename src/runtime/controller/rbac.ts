/** The permissions controllers need, as the smallest list of RBAC rules that says them. Pure and deterministic. */
import type { Kind, KubernetesObject } from '../client/types.ts';
import type { PolicyRule, Reconciled, Watching } from './types.ts';

/** Of a definition, what permissions follow from. */
export type Permitted = Pick<Watching<Reconciled>, 'rules' | 'clusterRules'> & {
  readonly kind: Kind;
  readonly owns: readonly { readonly kind: Kind; readonly verbs?: readonly string[] }[];
  readonly watches?: readonly { readonly kind: Kind; readonly verbs?: readonly string[] }[];
  readonly finalizer?: { readonly name: string };
};

const watching = ['list', 'watch'];
/** `get` judges what stands in the place of a child without being in the cache. */
const owning = ['get', ...watching, 'create', 'patch', 'delete'];

/** What the engine itself does on behalf of every controller: record events. */
const engineRules: readonly PolicyRule[] = [
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

/**
 * The rules for running these controllers together, merged and sorted, so that generated roles change only when
 * permissions do.
 */
export function policyRules(definitions: readonly Permitted[]): PolicyRule[] {
  return mergeRules([...namespacedRules(definitions), ...clusterRules(definitions)]);
}

/** Those for objects in namespaces: what a Role in each namespace that is served has to grant. */
export function namespacedRules(definitions: readonly Permitted[]): PolicyRule[] {
  return mergeRules([
    ...engineRules,
    ...definitions.flatMap((definition) => [
      ...rulesOf(definition, ({ namespaced }) => namespaced),
      ...(definition.rules ?? []),
    ]),
  ]);
}

/** Those for objects of the whole cluster, which no Role can grant. */
export function clusterRules(definitions: readonly Permitted[]): PolicyRule[] {
  return mergeRules(
    definitions.flatMap((definition) => [
      ...rulesOf(definition, ({ namespaced }) => !namespaced),
      ...(definition.clusterRules ?? []),
    ]),
  );
}

/** Kinds of the whole cluster that are watched without being driven: what can be done without, if it may not be read. */
export function clusterKinds(definitions: readonly Permitted[]): Kind[] {
  return definitions.flatMap(({ watches = [] }) => watches.map(({ kind }) => kind).filter((kind) => !kind.namespaced));
}

function rulesOf({ kind, owns, watches = [], finalizer }: Permitted, concerns: (kind: Kind) => boolean): PolicyRule[] {
  const children = owns.filter((owned) => concerns(owned.kind));
  return [
    ...(concerns(kind)
      ? [
          rule(kind, finalizer === undefined ? watching : [...watching, 'patch']),
          rule(kind, ['patch'], '/status'),
          // Owner references with blockOwnerDeletion need it (admission plugin OwnerReferencesPermissionEnforcement).
          ...(owns.length > 0 ? [rule(kind, ['update'], '/finalizers')] : []),
        ]
      : []),
    ...children.map(({ kind: child, verbs = [] }) => rule(child, [...owning, ...verbs])),
    ...watches
      .filter((watched) => concerns(watched.kind))
      .map(({ kind: other, verbs = [] }) => rule(other, [...watching, ...verbs])),
  ];
}

function rule(kind: Kind<KubernetesObject>, verbs: readonly string[], subresource = ''): PolicyRule {
  return { apiGroups: [kind.group], resources: [`${kind.plural}${subresource}`], verbs };
}

/** The same permissions, said with the fewest rules: one a set of verbs and a group, resources together. */
export function mergeRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const verbsOf = new Map<string, { group: string; resource: string; names: readonly string[]; verbs: Set<string> }>();
  for (const { apiGroups, resources, verbs, resourceNames = [] } of rules) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        const names = resourceNames.toSorted();
        const key = JSON.stringify([group, resource, names]);
        const known = verbsOf.get(key) ?? { group, resource, names, verbs: new Set<string>() };
        for (const verb of verbs) known.verbs.add(verb);
        verbsOf.set(key, known);
      }
    }
  }
  const merged = new Map<string, { group: string; resources: string[]; names: readonly string[]; verbs: string[] }>();
  for (const { group, resource, names, verbs } of verbsOf.values()) {
    const sorted = sortVerbs(verbs);
    const key = JSON.stringify([group, names, sorted]);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { group, resources: [resource], names, verbs: sorted });
    else known.resources.push(resource);
  }
  return [...merged.values()]
    .map(({ group, resources, names, verbs }) => ({
      apiGroups: [group],
      resources: resources.toSorted(),
      verbs,
      ...(names.length === 0 ? {} : { resourceNames: names }),
    }))
    .sort((a, b) => compare(sortKey(a), sortKey(b)));
}

/** The order people write them in; others behind, by name. */
const verbOrder = ['get', ...watching, 'create', 'update', 'patch', 'delete', 'deletecollection'];

function sortVerbs(verbs: ReadonlySet<string>): string[] {
  return [...verbs].sort((a, b) => rank(a) - rank(b) || compare(a, b));
}

function rank(verb: string): number {
  const index = verbOrder.indexOf(verb);
  return index < 0 ? verbOrder.length : index;
}

function sortKey({ apiGroups, resources, verbs, resourceNames = [] }: PolicyRule): string {
  return [...apiGroups, ...resources, ...verbs, ...resourceNames].join('\u0000');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
