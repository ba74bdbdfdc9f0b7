/**
 * What a zod schema says to the API server beyond its shape: CEL rules and the `x-kubernetes-*` keywords.
 * They travel as zod metadata and reach the CRD unchanged.
 */
import 'zod';

/** One CEL rule (https://kubernetes.io/docs/reference/using-api/cel/); it may use `self` and, in transitions, `oldSelf`. */
export interface CelRule {
  readonly rule: string;
  /** what to write instead; shown to whoever applied the object */
  readonly message: string;
  /** JSON path, relative to the schema that carries the rule, of the field to blame */
  readonly fieldPath?: string;
}

declare module 'zod' {
  interface GlobalMeta {
    'x-kubernetes-validations'?: readonly CelRule[];
    'x-kubernetes-int-or-string'?: true;
    'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
    'x-kubernetes-list-map-keys'?: readonly string[];
    'x-kubernetes-map-type'?: 'atomic' | 'granular';
    format?: string;
  }
}

/** Metadata that attaches CEL rules to a schema: `z.object({ … }).meta(rules(rule(…), rule(…)))`. */
export function rules(...all: readonly CelRule[]): { 'x-kubernetes-validations': readonly CelRule[] } {
  return { 'x-kubernetes-validations': all };
}

/** A rule that must hold, and the sentence that says what to write instead. */
export function rule(expression: string, message: string, fieldPath?: string): CelRule {
  return { rule: expression, message, ...(fieldPath === undefined ? {} : { fieldPath }) };
}
