/**
 * Upper bounds on every string, list and map. The API server multiplies the cost of a CEL rule by them, and assumes the
 * largest possible request where there are none; and an object without bounds can fill etcd.
 */
import type { Problem, StructuralSchema } from './schema.ts';

/** Formats whose values have a length by themselves. */
const boundedFormats: ReadonlySet<string | undefined> = new Set(['date', 'date-time', 'duration']);

/** Refuses what has no upper bound. */
export function checkBounds(schema: StructuralSchema, path: string): Problem[] {
  const unbounded = (what: string, keyword: string): Problem[] => [
    { path, message: `${what} has no upper bound, which makes CEL rules too costly: add ${keyword}` },
  ];
  const free = schema.enum === undefined && !boundedFormats.has(schema.format) && schema.maxLength === undefined;
  if (free && (schema.type === 'string' || schema['x-kubernetes-int-or-string'] === true)) {
    return unbounded('a string', 'maxLength');
  }
  if (schema.type === 'array' && schema.maxItems === undefined) return unbounded('a list', 'maxItems');
  if (schema.additionalProperties !== undefined && schema.maxProperties === undefined) {
    return unbounded('a map', 'maxProperties');
  }
  return [];
}
