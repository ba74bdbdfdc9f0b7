/**
 * A structural OpenAPI v3 schema, as far as our CRDs use it
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
 */
import type { CelRule } from '../schema/annotations.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One node of the schema. Keywords that are not listed here are refused by `checkStructure`. */
export interface StructuralSchema {
  description?: string;
  /** absent only with `x-kubernetes-int-or-string` */
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  format?: string;
  nullable?: boolean;
  default?: Json;
  enum?: Json[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  items?: StructuralSchema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, StructuralSchema>;
  required?: string[];
  additionalProperties?: StructuralSchema;
  minProperties?: number;
  maxProperties?: number;
  'x-kubernetes-validations'?: CelRule[];
  'x-kubernetes-int-or-string'?: true;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
}

/** Something an API server, or our own conventions, would refuse. */
export interface Problem {
  /** where, as a user would write it: `spec.volumes[].claim.size`; `{}` stands for any key of a map */
  readonly path: string;
  /** what is wrong, and what to write instead */
  readonly message: string;
}

/** Every problem of a schema at once. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[]) {
    super(`${subject} cannot become a CRD:\n${problems.map((p) => `  ${p.path}: ${p.message}`).join('\n')}`);
    this.problems = problems;
  }
}

/** The children of a node, each with its path. */
export function children(schema: StructuralSchema, path: string): { schema: StructuralSchema; path: string }[] {
  return [
    ...Object.entries(schema.properties ?? {}).map(([key, child]) => ({
      schema: child,
      path: path === '' ? key : `${path}.${key}`,
    })),
    ...(schema.items === undefined ? [] : [{ schema: schema.items, path: `${path}[]` }]),
    ...(schema.additionalProperties === undefined ? [] : [{ schema: schema.additionalProperties, path: `${path}.{}` }]),
  ];
}

/** What `check` finds at a node and at all nodes below it. */
export function walk(
  schema: StructuralSchema,
  path: string,
  check: (schema: StructuralSchema, path: string) => readonly Problem[],
): Problem[] {
  return [...check(schema, path), ...children(schema, path).flatMap((child) => walk(child.schema, child.path, check))];
}
