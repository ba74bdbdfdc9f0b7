/** Random kinds for property tests: schemas as a kind's file would write them, and values that fit them or nearly do. */
import fc from 'fast-check';
import * as z from 'zod';
import { listByKey, listOf, setOf } from '../../schema/lists.ts';
import { text } from '../../schema/names.ts';
import { quantity } from '../../schema/quantity.ts';
import type { Json } from '../schema.ts';

/** A zod schema, and a source of values most of which fit it. */
export interface SchemaCase {
  readonly schema: z.ZodType;
  readonly values: fc.Arbitrary<Json>;
}

const described = (schema: z.ZodType): z.ZodType => schema.describe('A field.');

const stringCase = fc
  .integer({ min: 1, max: 8 })
  .map((max): SchemaCase => ({ schema: described(text(max)), values: fc.stringMatching(/^[a-z]{0,9}$/) }));

const patternCase = fc
  .constantFrom(/^[a-z]+$/, /^(a|b)*$/, /^[^/:]{1,4}$/, /^\d+\.\d$/, /^[\w.-]+$/)
  .map((pattern): SchemaCase => ({ schema: described(text(6).regex(pattern)), values: fc.stringMatching(pattern) }));

const integerCase = fc.tuple(fc.integer({ min: -9, max: 0 }), fc.integer({ min: 1, max: 9 })).map(
  ([min, max]): SchemaCase => ({
    schema: described(z.int32().min(min).max(max)),
    values: fc.integer({ min: -12, max: 12 }),
  }),
);

const scalarCase: fc.Arbitrary<SchemaCase> = fc.oneof(
  stringCase,
  patternCase,
  integerCase,
  fc.constant<SchemaCase>({ schema: described(z.boolean()), values: fc.boolean() }),
  fc.constant<SchemaCase>({ schema: described(z.enum(['A', 'B'])), values: fc.constantFrom('A', 'B', 'C') }),
  fc.constant<SchemaCase>({ schema: described(quantity), values: fc.constantFrom<Json>(1, -1, '10Gi', 'ten', '') }),
);

const listCase = (item: fc.Arbitrary<SchemaCase>) =>
  fc.tuple(item, fc.integer({ min: 0, max: 3 })).map(
    ([of, max]): SchemaCase => ({
      schema: described(listOf(of.schema, max)),
      values: fc.array(of.values, { maxLength: 4 }),
    }),
  );

const setCase = stringCase.map(
  (of): SchemaCase => ({ schema: described(setOf(of.schema, 3)), values: fc.array(of.values, { maxLength: 4 }) }),
);

const keyedListCase = scalarCase.map(
  (of): SchemaCase => ({
    schema: described(listByKey(z.strictObject({ name: described(text(4)), of: of.schema }), ['name'], 3)),
    values: fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), of: of.values }), { maxLength: 4 }),
  }),
);

const mapCase = (value: fc.Arbitrary<SchemaCase>) =>
  value.map(
    (of): SchemaCase => ({
      schema: described(z.record(z.string(), of.schema).meta({ maxProperties: 8 })),
      values: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), of.values, { maxKeys: 4 }),
    }),
  );

const objectCase = (field: fc.Arbitrary<SchemaCase>) =>
  fc
    .dictionary(fc.stringMatching(/^f[a-z]{1,3}$/), fc.tuple(field, fc.boolean()), { minKeys: 1, maxKeys: 4 })
    .map((fields): SchemaCase => {
      const entries = Object.entries(fields);
      const shape = entries.map(([key, [of, optional]]) => [key, optional ? of.schema.exactOptional() : of.schema]);
      const values = entries.map(([key, [of]]) => [key, of.values] as const);
      return {
        schema: described(z.strictObject(Object.fromEntries(shape) as Record<string, z.ZodType>)),
        values: fc
          .record(Object.fromEntries(values), { requiredKeys: [] })
          .map((value) => value as { [key: string]: Json }),
      };
    });

/** Values of another type than asked for, now and then. */
const noisy = (cases: fc.Arbitrary<SchemaCase>): fc.Arbitrary<SchemaCase> =>
  cases.map(({ schema, values }) => ({
    schema,
    values: fc.oneof(
      { weight: 12, arbitrary: values },
      { weight: 1, arbitrary: fc.constantFrom<Json>('', 'text', 0, 1.5, true, null, [], {}, { unknown: 1 }) },
    ),
  }));

/** Schemas at most `depth` levels deep. */
function anyCase(depth: number): fc.Arbitrary<SchemaCase> {
  if (depth === 0) return noisy(scalarCase);
  const below = anyCase(depth - 1);
  return noisy(fc.oneof(scalarCase, listCase(below), setCase, keyedListCase, mapCase(below), objectCase(below)));
}

/** A spec: an object of up to three levels. */
export const specCase: fc.Arbitrary<SchemaCase> = objectCase(anyCase(2));
