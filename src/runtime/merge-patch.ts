/** The smallest JSON merge patch (RFC 7386) between two values, or none when they say the same. Pure. */

type Json = Record<string, unknown>;

/**
 * What turns `before` into `after`; `undefined` when nothing has to change. Lists are replaced as a whole, as the RFC
 * says; a member that `after` lacks (or holds as undefined) is removed by null.
 */
export function mergePatch(before: object, after: object): Json | undefined {
  const patch: Json = {};
  let differs = false;
  const old = before as Json;
  const wanted = after as Json;
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined || sameJson(old[name], value)) continue;
    const had = old[name];
    const inner = isObject(had) && isObject(value) ? mergePatch(had, value) : value;
    if (inner === undefined) continue;
    patch[name] = inner;
    differs = true;
  }
  for (const name of Object.keys(old)) {
    if (wanted[name] !== undefined || old[name] === undefined) continue;
    patch[name] = null;
    differs = true;
  }
  return differs ? patch : undefined;
}

/** Deep equality of JSON values; a member that is undefined counts as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  for (const name in a) if (!sameJson(a[name], b[name])) return false;
  for (const name in b) if (b[name] !== undefined && a[name] === undefined) return false;
  return true;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
