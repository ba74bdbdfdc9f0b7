/** A condition as every kind reports it: metav1.Condition with bounds. */
import * as z from 'zod';
import { listByKey } from './lists.ts';
import { text } from './names.ts';

const condition = <T extends z.ZodType<string>>(type: T) =>
  z.object({
    type: type.describe('What the condition is about.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether the condition holds.'),
    reason: text(128)
      .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      .describe('Why, as one CamelCase word for machines.'),
    message: z.string().max(4096).describe('Why, as a sentence for people.'),
    observedGeneration: z.int().min(0).exactOptional().describe('Generation of the spec this was said of.'),
    lastTransitionTime: timestamp.describe('When the status last changed.'),
  });

/** RFC 3339 time. */
export const timestamp: z.ZodString = z.string().max(35).meta({ format: 'date-time' });

/** `status.conditions`: one entry a type. */
export function conditions<const T extends readonly string[]>(types: T) {
  return listByKey(condition(z.enum(types)), ['type'], 16);
}

/** One entry of `status.conditions`. */
export type Condition<Type extends string = string> = Omit<z.infer<ReturnType<typeof condition>>, 'type'> & {
  type: Type;
};
