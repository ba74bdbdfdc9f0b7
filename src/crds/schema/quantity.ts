/** Amounts: Kubernetes quantities, and the values that are a number or a string. */
import * as z from 'zod';

/** `64Mi`, `0.5`, `250m` or a plain number, as `resources` takes them. */
export const quantity: z.ZodUnion<readonly [z.ZodInt32, z.ZodString]> = z
  .union([
    z.int32().min(0),
    z
      .string()
      .max(32)
      .regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/),
  ])
  .meta({ 'x-kubernetes-int-or-string': true });

/** An amount of bytes, as a string: `10Gi`. Not a number, so that rules about it stay cheap for the API server. */
export const byteSize: z.ZodString = z
  .string()
  .min(1)
  .max(32)
  .regex(/^[0-9]+(\.[0-9]+)?(k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/);

/** A count or a share of the replicas: `1` or `25%`. */
export const countOrPercent: z.ZodUnion<readonly [z.ZodInt32, z.ZodString]> = z
  .union([
    z.int32().min(0),
    z
      .string()
      .max(4)
      .regex(/^(100|[1-9]?[0-9])%$/),
  ])
  .meta({ 'x-kubernetes-int-or-string': true });

/** A port by its number or by its name in `spec.ports`. */
export const portReference: z.ZodUnion<readonly [z.ZodInt32, z.ZodString]> = z
  .union([
    z.int32().min(1).max(65_535),
    z
      .string()
      .max(15)
      .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/),
  ])
  .meta({ 'x-kubernetes-int-or-string': true });
