/**
 * Whether a value fits a structural schema, by the rules of the API server but for CEL and formats. Unknown fields are
 * refused, as `fieldValidation=Strict` does.
 */
import type { Json, Problem, StructuralSchema } from './schema.ts';

/** Everything that does not fit, with the value's path. */
export function validate(schema: StructuralSchema, value: Json, path: string): Problem[] {
  if (value === null) return schema.nullable === true ? [] : [{ path, message: 'is null' }];
  if (!hasType(schema, value)) return [{ path, message: `is not of type ${schema.type ?? 'integer or string'}` }];
  const own = mismatches(schema, value).map((message) => ({ path, message }));
  if (isList(value)) {
    return [...own, ...value.flatMap((item, at) => validate(schema.items ?? {}, item, `${path}[${at}]`))];
  }
  return isObject(value) ? [...own, ...validateFields(schema, value, path)] : own;
}

type JsonObject = { readonly [key: string]: Json };

function validateFields(schema: StructuralSchema, value: JsonObject, path: string): Problem[] {
  const missing = (schema.required ?? []).filter((key) => !(key in value));
  return [
    ...missing.map((key) => ({ path: `${path}.${key}`, message: 'is required' })),
    ...Object.entries(value).flatMap(([key, child]) => {
      const known = schema.properties?.[key] ?? schema.additionalProperties;
      const at = `${path}.${key}`;
      return known === undefined ? [{ path: at, message: 'is an unknown field' }] : validate(known, child, at);
    }),
  ];
}

function hasType(schema: StructuralSchema, value: Json): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return Number.isInteger(value) || typeof value === 'string';
  if (schema.type === 'integer') return Number.isInteger(value);
  if (schema.type === 'array') return isList(value);
  if (schema.type === 'object') return isObject(value);
  return typeof value === schema.type;
}

/** What keywords of this node a value of its type breaks. */
function mismatches(schema: StructuralSchema, value: Json): string[] {
  const { enum: allowed, minLength, maxLength, minItems, maxItems, minProperties, maxProperties } = schema;
  const found = allowed === undefined || allowed.includes(value) ? [] : [`is none of ${JSON.stringify(allowed)}`];
  if (typeof value === 'string') {
    // The API server counts code points.
    const length = Array.from(value).length;
    return [...found, ...patternMismatch(schema, value), ...outside(length, minLength, maxLength, 'characters')];
  }
  if (typeof value === 'number') return [...found, ...numberMismatches(schema, value)];
  if (isList(value)) {
    return [...found, ...repetitions(schema, value), ...outside(value.length, minItems, maxItems, 'items')];
  }
  if (isObject(value)) return [...found, ...outside(Object.keys(value).length, minProperties, maxProperties, 'keys')];
  return found;
}

function patternMismatch({ pattern }: StructuralSchema, value: string): string[] {
  return pattern === undefined || new RegExp(pattern, 'u').test(value) ? [] : [`does not match ${pattern}`];
}

function numberMismatches(schema: StructuralSchema, value: number): string[] {
  const { minimum = -Infinity, maximum = Infinity, multipleOf = 0 } = schema;
  const below = value < minimum || (schema.exclusiveMinimum === true && value === minimum);
  const above = value > maximum || (schema.exclusiveMaximum === true && value === maximum);
  return [
    ...(below ? [`is below ${minimum}`] : []),
    ...(above ? [`is above ${maximum}`] : []),
    ...(multipleOf !== 0 && value % multipleOf !== 0 ? [`is not a multiple of ${multipleOf}`] : []),
  ];
}

/** Sets hold an item once, lists by key a key. */
function repetitions(schema: StructuralSchema, value: readonly Json[]): string[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== 'set' && listType !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'];
  const identity = (item: Json) => JSON.stringify(isObject(item) && keys ? keys.map((key) => item[key] ?? null) : item);
  return new Set(value.map(identity)).size === value.length ? [] : ['repeats an item'];
}

function outside(size: number, min = 0, max = Infinity, unit: string): string[] {
  if (size < min) return [`has fewer than ${min} ${unit}`];
  return size > max ? [`has more than ${max} ${unit}`] : [];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
