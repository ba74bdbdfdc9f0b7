/**
 * zod schema → structural schema. zod's own JSON Schema is the base; what it loses silently (refinements, regex flags)
 * and what has no structural form (unions, tuples, transforms) becomes a problem with the field's path.
 */
import * as z from 'zod';
import { completeDefaults } from './defaults.ts';
import { type Problem, SchemaError, type StructuralSchema } from './schema.ts';

type JsonNode = Record<string, unknown>;

/** Keyword under which a node carries, from zod to `fold`, why it has no structural form. */
const unsupported = 'x-unsupported';

/** zod types with a structural form; the wrappers leave no trace but optionality and a default. */
const supportedTypes: ReadonlySet<string> = new Set([
  ...['string', 'number', 'int', 'boolean', 'enum', 'literal', 'array', 'object', 'record'],
  ...['optional', 'default', 'prefault', 'nullable', 'readonly'],
]);

/** @throws SchemaError naming every field that has no structural form */
export function toStructural(schema: z.ZodType, path: string): StructuralSchema {
  const json = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    reused: 'inline',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const why = objection(zodSchema);
      if (why !== undefined) (jsonSchema as JsonNode)[unsupported] = why;
    },
  });
  const problems: Problem[] = [];
  const folded = fold(json, path, problems);
  if (problems.length > 0) throw new SchemaError(path, problems);
  return completeDefaults(folded);
}

/** Why a zod type has no structural form, or loses something on the way. */
function objection(schema: z.core.$ZodType): string | undefined {
  const { def } = schema._zod;
  if (def.type === 'union') {
    if (z.globalRegistry.get(schema)?.['x-kubernetes-int-or-string'] === true) return undefined;
    return 'a union is not structural: make one optional key for each kind, and a CEL rule that exactly one is set';
  }
  if (def.type === 'tuple') return 'a tuple is not structural: use a list, or an object with a key for each place';
  if (def.type === 'lazy') return 'a recursive schema would need $ref, which CRDs do not have: write out the levels';
  if (!supportedTypes.has(def.type)) return `zod's ${def.type} has no structural form`;
  if (def.type === 'record' && !isPlainString((def as z.core.$ZodRecordDef).keyType)) {
    return "a map's keys cannot be limited by a schema: use z.string(), and a CEL rule";
  }
  const checks = def.checks?.map((check) => check._zod.def.check) ?? [];
  if (checks.includes('custom')) return 'a refinement is lost in a CRD: state it as a CEL rule';
  if (checks.includes('overwrite')) return 'a CRD cannot change a value: remove the trim or case conversion';
  const flags = (def.checks ?? []).map((check) => flagsOf(check._zod.def)).join('');
  if (flags !== '') return `the flags of a pattern are lost in a CRD (${flags}): spell them out`;
  return undefined;
}

/** JSON Schema as zod writes it → structural, one node at a time. */
function fold(node: JsonNode, path: string, problems: Problem[]): StructuralSchema {
  const why =
    node[unsupported] ?? ('$ref' in node ? 'a recursive schema would need $ref: write out the levels' : undefined);
  if (typeof why === 'string') {
    problems.push({ path, message: why });
    return {};
  }
  const { anyOf, allOf, properties, items, additionalProperties, required, ...plain } = node;
  const folded: StructuralSchema = {
    ...plain,
    ...formatOf(node),
    ...(node['x-kubernetes-int-or-string'] === true ? intOrString(anyOf, path, problems) : {}),
    ...severalPatterns(allOf, path, problems),
    ...(isNode(properties) ? { properties: foldProperties(properties, path, problems) } : {}),
    ...(Array.isArray(required) && required.length > 0 ? { required: required as string[] } : {}),
    ...(isNode(items) ? { items: fold(items, `${path}[]`, problems) } : {}),
    ...(isNode(additionalProperties)
      ? { additionalProperties: fold(additionalProperties, `${path}.{}`, problems) }
      : {}),
  };
  return folded;
}

function foldProperties(properties: JsonNode, path: string, problems: Problem[]): Record<string, StructuralSchema> {
  return Object.fromEntries(
    Object.entries(properties)
      .filter((entry): entry is [string, JsonNode] => isNode(entry[1]))
      .map(([key, value]) => [key, fold(value, path === '' ? key : `${path}.${key}`, problems)]),
  );
}

/** The scale subresource and clients in other languages want to know how wide an integer is. */
function formatOf(node: JsonNode): { format?: string } {
  if (node.type !== 'integer') return {};
  const narrow = typeof node.maximum === 'number' && node.maximum <= 2 ** 31 - 1;
  return { format: narrow ? 'int32' : 'int64' };
}

/** The limits of both branches on one node without a type: each applies to values of its own kind only. */
function intOrString(anyOf: unknown, path: string, problems: Problem[]): StructuralSchema {
  const branches = Array.isArray(anyOf) ? anyOf.filter(isNode) : [];
  const types = branches.map((branch) => branch.type);
  if (types.length !== 2 || !types.includes('integer') || !types.includes('string')) {
    problems.push({ path, message: 'int-or-string is a union of one integer and one string' });
  }
  const { type: _, ...limits } = Object.assign({}, ...branches) as StructuralSchema;
  return limits;
}

/** zod writes a second pattern of the same string as `allOf`. */
function severalPatterns(allOf: unknown, path: string, problems: Problem[]): StructuralSchema {
  if (allOf !== undefined) problems.push({ path, message: 'several patterns on one string: write them as one' });
  return {};
}

/** Flags that change what a pattern matches; `u` and `v` only change how it is read. */
function flagsOf(check: object): string {
  return 'pattern' in check && check.pattern instanceof RegExp ? check.pattern.flags.replaceAll(/[uv]/g, '') : '';
}

function isPlainString({ _zod: { def } }: z.core.$ZodType): boolean {
  return def.type === 'string' && (def.checks ?? []).length === 0;
}

function isNode(value: unknown): value is JsonNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
