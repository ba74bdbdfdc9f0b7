/** What makes a schema structural, and its lists mergeable: the API server's own rules, said with the field's path. */
import type { Problem, StructuralSchema } from './schema.ts';

const keywords: ReadonlySet<string> = new Set<keyof StructuralSchema>([
  ...(['description', 'type', 'format', 'nullable', 'default', 'enum', 'multipleOf'] as const),
  ...(['minLength', 'maxLength', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const),
  ...(['items', 'minItems', 'maxItems'] as const),
  ...(['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'] as const),
  ...(['x-kubernetes-validations', 'x-kubernetes-int-or-string', 'x-kubernetes-map-type'] as const),
  ...(['x-kubernetes-list-type', 'x-kubernetes-list-map-keys'] as const),
]);

/** Formats the API server enforces (apiextensions-apiserver, `pkg/apiserver/validation/formats.go`) and number widths. */
const formats: ReadonlySet<string> = new Set([
  ...['int32', 'int64', 'float', 'double', 'byte', 'date', 'date-time', 'duration', 'password'],
  ...['bsonobjectid', 'uri', 'email', 'hostname', 'ipv4', 'ipv6', 'cidr', 'mac', 'uuid', 'uuid3', 'uuid4', 'uuid5'],
]);

const scalars: ReadonlySet<string | undefined> = new Set(['string', 'integer', 'number', 'boolean']);

/** One node: known keywords, one type, the parts that belong to it. */
export function checkStructure(schema: StructuralSchema, path: string): Problem[] {
  const problem = (message: string): Problem => ({ path, message });
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const format = schema.format;
  return [
    ...Object.keys(schema)
      .filter((keyword) => !keywords.has(keyword))
      .map((keyword) => problem(`the keyword ${keyword} is not structural`)),
    ...(schema.type === undefined && !intOrString ? [problem('there is no type: declare what the value is')] : []),
    ...(schema.type !== undefined && intOrString ? [problem('int-or-string has no type of its own: remove it')] : []),
    ...(format !== undefined && !formats.has(format)
      ? [problem(`the API server does not know the format ${format}: use a pattern or a CEL rule`)]
      : []),
    ...(schema.type === 'array' && schema.items === undefined ? [problem('a list needs the schema of its items')] : []),
    ...(schema.properties !== undefined && schema.additionalProperties !== undefined
      ? [problem('properties and additionalProperties exclude each other: use an object or a map')]
      : []),
    ...(schema.required ?? [])
      .filter((key) => schema.properties?.[key] === undefined)
      .map((key) => problem(`the required key ${key} has no schema`)),
    ...checkListType(schema).map(problem),
  ];
}

/** Lists say how they merge; a list by key has keys every item is sure to have. */
function checkListType(schema: StructuralSchema): string[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema.type !== 'array') {
    return listType === undefined && keys.length === 0 ? [] : ['only a list has a list type: remove it'];
  }
  if (listType === undefined) return ['a list must say how it merges: use listByKey, setOf or listOf'];
  switch (listType) {
    case 'atomic':
      return [];
    case 'set':
      return scalars.has(schema.items?.type) ? [] : ['a set holds scalars: use listByKey or listOf'];
    case 'map':
      return keys.length === 0
        ? ['a list by key needs at least one key']
        : keys.flatMap((key) => checkMapKey(schema.items, key));
  }
}

function checkMapKey(items: StructuralSchema | undefined, key: string): string[] {
  const schema = items?.properties?.[key];
  if (schema === undefined) return [`items have no key ${key} to be told apart by`];
  if (!scalars.has(schema.type)) return [`items cannot be told apart by ${key}: it is not a scalar`];
  const sure = items?.required?.includes(key) === true || schema.default !== undefined;
  return sure ? [] : [`items cannot be told apart by ${key}: it is optional and has no default`];
}
