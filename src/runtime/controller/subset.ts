/**
 * Whether a live object still says everything that is declared of it. Fields and list items that only the live object
 * has are somebody else's and do not matter. Pure; knows the API server's habits, not any kind's schema.
 */
import { sameQuantity } from '../quantity.ts';

type Json = Record<string, unknown>;

/**
 * Lists that the API server merges item by item (`x-kubernetes-list-map-keys` of the built-in types), by the name of the
 * field that holds them. Every other list is atomic: whoever adds to it has changed what was declared.
 */
const mergedLists: Readonly<Record<string, readonly string[]>> = {
  conditions: ['type'],
  containers: ['name'],
  env: ['name'],
  ephemeralContainers: ['name'],
  hostAliases: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  listeners: ['name'],
  ownerReferences: ['uid'],
  podIPs: ['ip'],
  resourceClaims: ['name'],
  secrets: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** `ports` is merged in a container and in a Service, and atomic in a NetworkPolicy. */
const containerPortKeys = ['containerPort', 'protocol'];
const servicePortKeys = ['port', 'protocol'];

/** Lists of scalars to which others may add (`x-kubernetes-list-type: set`). */
const sets: ReadonlySet<string> = new Set(['finalizers']);

/** Values of keys that have a default, where an item may leave the key out. */
const keyDefaults: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/** Maps whose values are quantities, and fields that are one. */
const quantityMaps: ReadonlySet<string> = new Set([
  'limits',
  'requests',
  'capacity',
  'hard',
  'overhead',
  'default',
  'defaultRequest',
  'min',
  'max',
]);
const quantityFields: ReadonlySet<string> = new Set(['sizeLimit', 'divisor', 'storage']);

/** Booleans that the API server stores as absent when false. */
const absentWhenFalse: ReadonlySet<string> = new Set([
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'paused',
  'publishNotReadyAddresses',
  'readOnly',
  'stdin',
  'stdinOnce',
  'tty',
]);

/** True when every field of `desired` is in `live` with the same meaning. */
export function isSubset(desired: object, live: object): boolean {
  return sameMembers(desired as Json, live as Json, '');
}

function sameMembers(desired: Json, live: Json, parent: string): boolean {
  for (const name in desired) {
    if (!same(desired[name], live[name], name, parent)) return false;
  }
  return true;
}

/** @param name the field that holds the value @param parent the field that holds that field */
function same(desired: unknown, live: unknown, name: string, parent: string): boolean {
  if (desired === live || desired === undefined || desired === null) return true;
  if (live === undefined || live === null) return storedAsAbsent(desired, name);
  if (Array.isArray(desired)) return Array.isArray(live) && sameList(desired, live, name, parent);
  if (isObject(desired)) return isObject(live) && sameMembers(desired, live, name);
  return sameScalar(desired, live, name, parent);
}

/** An empty value that the API server does not store; anything else that is missing was taken away. */
function storedAsAbsent(desired: unknown, name: string): boolean {
  if (desired === '') return true;
  if (desired === false) return absentWhenFalse.has(name);
  if (Array.isArray(desired)) return desired.length === 0;
  return isObject(desired) && sameMembers(desired, {}, name);
}

/** A number and its text are one value: int-or-string fields and quantities are written either way. */
function sameScalar(desired: unknown, live: unknown, name: string, parent: string): boolean {
  if (!isText(desired) || !isText(live)) return false;
  if (String(desired) === String(live)) return true;
  return (quantityFields.has(name) || quantityMaps.has(parent)) && sameQuantity(desired, live);
}

function sameList(desired: readonly unknown[], live: readonly unknown[], name: string, parent: string): boolean {
  if (sets.has(name)) return desired.every((item) => live.includes(item));
  const keys = mergeKeys(name, parent, desired);
  if (keys === undefined || !desired.every(isObject)) {
    return desired.length === live.length && desired.every((item, index) => same(item, live[index], name, parent));
  }
  return desired.every((item) => {
    const counterpart = live.find((other) => sameKey(item, other, keys));
    return counterpart !== undefined && same(item, counterpart, name, parent);
  });
}

function mergeKeys(name: string, parent: string, desired: readonly unknown[]): readonly string[] | undefined {
  if (name !== 'ports') return mergedLists[name];
  const [first] = desired;
  if (isObject(first) && first.containerPort !== undefined) return containerPortKeys;
  return parent === 'spec' ? servicePortKeys : undefined;
}

function sameKey(desired: Json, live: unknown, keys: readonly string[]): boolean {
  return isObject(live) && keys.every((key) => (desired[key] ?? keyDefaults[key]) === (live[key] ?? keyDefaults[key]));
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
