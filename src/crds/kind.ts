/**
 * How a kind is declared: one call from which its type, its CRD and its reference page follow.
 * The definition is also what a client needs to address the kind (group, version, plural, scope).
 */
import type * as z from 'zod';
import type { CelRule } from './schema/annotations.ts';
import type { Resource } from './schema/object.ts';

/** One column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** columns above 0 appear only with `-o wide` */
  readonly priority?: number;
}

/** Paths by which `kubectl scale` and autoscalers read and write the replicas. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath: string;
}

/** What a kind's file says of it. */
export interface KindDeclaration<Spec extends z.ZodType, Status extends z.ZodType> {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** shown by `kubectl explain`: what the kind is for */
  readonly description: string;
  readonly spec: Spec;
  readonly status: Status;
  /** rules about the whole object, `self.metadata.name` included */
  readonly rules?: readonly CelRule[];
  readonly columns: readonly PrinterColumn[];
  readonly scale?: ScalePaths;
}

/** A declared kind. `objectType` is never set; it carries the type of the kind's objects. */
export interface KindDefinition<Spec extends z.ZodType = z.ZodType, Status extends z.ZodType = z.ZodType>
  extends KindDeclaration<Spec, Status> {
  readonly group: 'dokkerr.io';
  readonly version: 'v1alpha1';
  readonly apiVersion: 'dokkerr.io/v1alpha1';
  readonly singular: string;
  readonly categories: readonly string[];
  readonly namespaced: true;
  readonly rules: readonly CelRule[];
  readonly objectType?: Resource<z.output<Spec>, z.output<Status>>;
}

/** Objects of a kind, as the API server returns them: defaults filled in. */
export type ObjectOf<K extends { readonly objectType?: unknown }> = NonNullable<K['objectType']>;

const defined = new WeakSet<object>();

/** Declares a namespaced kind of group `dokkerr.io`. */
export function defineKind<Spec extends z.ZodType, Status extends z.ZodType>(
  declaration: KindDeclaration<Spec, Status>,
): KindDefinition<Spec, Status> {
  const definition: KindDefinition<Spec, Status> = {
    rules: [],
    ...declaration,
    group: 'dokkerr.io',
    version: 'v1alpha1',
    apiVersion: 'dokkerr.io/v1alpha1',
    singular: declaration.kind.toLowerCase(),
    categories: ['dokkerr'],
    namespaced: true,
  };
  defined.add(definition);
  return definition;
}

/** Whether a module's export is a kind, so that kinds are found instead of listed. */
export function isKind(value: unknown): value is KindDefinition {
  return typeof value === 'object' && value !== null && defined.has(value);
}
