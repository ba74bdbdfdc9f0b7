/** What a Container asks of a node, and what it may use at most. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { quantity } from '../schema/quantity.ts';

const amounts = z.record(z.string(), quantity.describe('An amount: `64Mi`, `250m`, `1`.')).meta({ maxProperties: 16 });

/** `spec.resources`. */
export const resources = z
  .object({
    requests: amounts
      .exactOptional()
      .describe('Amounts a node must have free: `cpu`, `memory`, `ephemeral-storage` or an extended resource.'),
    limits: amounts.exactOptional().describe('Amounts the container may use at most, by the same names.'),
  })
  .meta(
    rules(
      rule(
        '!has(self.requests) || !has(self.limits) || self.requests.all(r, !(r in self.limits) || quantity(string(self.requests[r])).compareTo(quantity(string(self.limits[r]))) <= 0)',
        'a request is above its limit: lower it, or raise the limit',
      ),
    ),
  );

/** Requests and limits by resource name. */
export type Resources = z.infer<typeof resources>;
