/** Labels and selectors over them, shaped as in the core API. */
import * as z from 'zod';
import { listByKey, listOf } from './lists.ts';
import { text } from './names.ts';

/** The prefix and the name of a qualified name may take 253 and 63 characters, with the slash 317. */
export const labelKey: z.ZodString = text(317);
const labelValue = z
  .string()
  .max(63)
  .regex(/^([a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?)?$/);

/** Labels by their keys. */
export const labelMap = z.record(z.string(), labelValue).meta({ maxProperties: 64 });

/** Which objects, by their labels. An empty selector selects all. */
export const labelSelector = z
  .object({
    matchLabels: labelMap.exactOptional().describe('Labels an object must have, each with this value.'),
    matchExpressions: listOf(
      z.object({
        key: labelKey.describe('Label the expression is about.'),
        operator: z
          .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
          .describe('How the label is compared with `values`.'),
        values: listOf(labelValue, 32).exactOptional().describe('Values for In and NotIn; none for the other two.'),
      }),
      16,
    )
      .exactOptional()
      .describe('Expressions an object must satisfy, all of them.'),
  })
  .meta({ 'x-kubernetes-map-type': 'atomic' });

/** Selects objects by their labels. */
export type LabelSelector = z.infer<typeof labelSelector>;

/** Names of objects in the same namespace, told apart by name. */
export const nameList = (max: number, describeName: string) =>
  listByKey(z.object({ name: text(253).describe(describeName) }), ['name'], max);
