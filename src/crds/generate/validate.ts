/**
 * Whether a value fits a structural schema, by the rules of the API server but for CEL and formats. Unknown fields are
 * refused, as `fieldValidation=Strict` does.
 */
import type { Json, Problem, StructuralSchema } from './schema.ts';

/** Everything that does not fit, with the value's path. */
export function validate(schema: StructuralSchema, value: Json, path: string): Problem[] {
  if (value === null) return schema.nullable === true ? [] : [{ path, message: 'is null' }];
  const wrong = mismatch(schema, value);
  if (wrong !== undefined) return [{ path, message: wrong }];
  if (isList(value)) return value.flatMap((item, at) => validate(schema.items ?? {}, item, `${path}[${at}]`));
  if (typeof value === 'object') return validateFields(schema, value, path);
  return [];
}

function validateFields(schema: StructuralSchema, value: { readonly [key: string]: Json }, path: string): Problem[] {
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

/** The first keyword of this node the value breaks. */
function mismatch(schema: StructuralSchema, value: Json): string | undefined {
  if (!hasType(schema, value)) return `is not of type ${schema.type ?? 'integer or string'}`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `is none of ${JSON.stringify(schema.enum)}`;
  if (typeof value === 'string') return stringMismatch(schema, value);
  if (typeof value === 'number') return numberMismatch(schema, value);
  if (isList(value)) return listMismatch(schema, value);
  if (typeof value === 'object' && value !== null) {
    return outside(Object.keys(value).length, schema.minProperties, schema.maxProperties, 'keys');
  }
  return undefined;
}

function hasType(schema: StructuralSchema, value: Json): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return Number.isInteger(value) || typeof value === 'string';
  if (schema.type === 'integer') return Number.isInteger(value);
  if (schema.type === 'array') return isList(value);
  if (schema.type === 'object') return typeof value === 'object' && !isList(value);
  return typeof value === schema.type;
}

function stringMismatch(schema: StructuralSchema, value: string): string | undefined {
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    return `does not match ${schema.pattern}`;
  }
  return outside(Array.from(value).length, schema.minLength, schema.maxLength, 'characters');
}

function numberMismatch(schema: StructuralSchema, value: number): string | undefined {
  const { minimum = -Infinity, maximum = Infinity, multipleOf } = schema;
  if (value < minimum || (schema.exclusiveMinimum === true && value === minimum)) return `is below ${minimum}`;
  if (value > maximum || (schema.exclusiveMaximum === true && value === maximum)) return `is above ${maximum}`;
  return multipleOf !== undefined && value % multipleOf !== 0 ? `is not a multiple of ${multipleOf}` : undefined;
}

function listMismatch(schema: StructuralSchema, value: readonly Json[]): string | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (item: Json) =>
    JSON.stringify(keys.length === 0 ? item : keys.map((key) => (item as { [key: string]: Json })[key]));
  const distinct = schema['x-kubernetes-list-type'] === 'atomic' || new Set(value.map(identity)).size === value.length;
  return distinct ? outside(value.length, schema.minItems, schema.maxItems, 'items') : 'repeats an item';
}

function outside(size: number, min = 0, max = Infinity, unit: string): string | undefined {
  if (size < min) return `has fewer than ${min} ${unit}`;
  return size > max ? `has more than ${max} ${unit}` : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
