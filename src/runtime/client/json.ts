/** client-node's generated types turned into what travels as JSON, which is all that Dokkerr ever holds. */
import type { V1MicroTime } from '@kubernetes/client-node';

/**
 * `T` as JSON: dates are RFC 3339 strings, and fields whose name is a word of the language stand under their real name
 * (`_from` is `from`, `_default` is `default`).
 */
export type Json<T> = T extends Date | V1MicroTime
  ? string
  : T extends readonly (infer E)[]
    ? Json<E>[]
    : T extends object
      ? { [K in keyof T as K extends `_${infer Word}` ? Word : K]: Json<T[K]> }
      : T;
