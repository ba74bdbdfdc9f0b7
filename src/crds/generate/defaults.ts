/**
 * Defaults: filled in as the API server does
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting).
 */
import { type Json, type Problem, type StructuralSchema, walk } from './schema.ts';
import { validate } from './validate.ts';

/** A value with every default of its schema filled in, at all depths. */
export function fillDefaults(schema: StructuralSchema, value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => fillDefaults(schema.items ?? {}, item));
  if (typeof value !== 'object' || value === null) return value;
  const given = value as { readonly [key: string]: Json };
  const keys = new Set([...Object.keys(given), ...Object.keys(schema.properties ?? {})]);
  return Object.fromEntries(
    [...keys].flatMap((key) => {
      const child = schema.properties?.[key] ?? schema.additionalProperties ?? {};
      const start = given[key] ?? child.default;
      return start === undefined ? [] : [[key, fillDefaults(child, start)]];
    }),
  );
}

/**
 * The schema with every default of an object complete. The API server evaluates CEL rules on a default as it stands,
 * before the defaults within it are filled in.
 */
export function completeDefaults(schema: StructuralSchema): StructuralSchema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(schema.default === undefined ? {} : { default: fillDefaults(schema, schema.default) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([k, child]) => [k, completeDefaults(child)])),
        }),
    ...(items === undefined ? {} : { items: completeDefaults(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: completeDefaults(additionalProperties) }),
  };
}

/** Refuses defaults that would not be accepted from a user. */
export function checkDefaults(schema: StructuralSchema, path: string): Problem[] {
  return walk(schema, path, (node, at) =>
    node.default === undefined
      ? []
      : validate(node, node.default, at).map((problem) => ({
          path: problem.path,
          message: `the default does not fit: it ${problem.message}`,
        })),
  );
}
