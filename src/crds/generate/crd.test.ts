import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Container } from '../container.ts';
import { defineKind } from '../kind.ts';
import { listByKey, listOf } from '../schema/lists.ts';
import { text } from '../schema/names.ts';
import { toStructural } from './convert.ts';
import { checkSchema, crdOf } from './crd.ts';
import { SchemaError } from './schema.ts';
import { specCase } from './testing/arbitrary-schema.ts';
import { validate } from './validate.ts';

const described = <T extends z.ZodType>(schema: T): T => schema.describe('A field.');

/** A whole kind in what its file would hold. */
const kindWith = (field: z.ZodType) =>
  defineKind({
    kind: 'Sample',
    plural: 'samples',
    shortNames: ['smp'],
    description: 'A sample.',
    spec: z.object({ field }),
    status: z.object({}),
    columns: [],
  });

const problemsOf = (field: z.ZodType): string[] => {
  try {
    crdOf(kindWith(field));
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
};

describe('a CRD', () => {
  test('follows from one declaration', () => {
    const crd = crdOf(kindWith(described(text(8))));
    expect(crd.metadata.name).toBe('samples.dokkerr.io');
    expect(crd.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec).toEqual({
      description: 'What is wanted of the Sample.',
      type: 'object',
      required: ['field'],
      properties: { field: { type: 'string', minLength: 1, maxLength: 8, description: 'A field.' } },
    });
  });

  test('of a Container stays small enough for client-side apply', () => {
    expect(Buffer.byteLength(JSON.stringify(crdOf(Container)))).toBeLessThan(100_000);
  });

  test('is refused when it is too large', () => {
    const fields = Array.from({ length: 900 }, (_, n) => [`field${n}`, text(8).describe('word '.repeat(20))] as const);
    expect(problemsOf(described(z.object(Object.fromEntries(fields))))).toEqual([
      expect.stringMatching(/the CRD has \d+ bytes, more than 100000/),
    ]);
  });
});

describe('the generator refuses, with the path of the field,', () => {
  test.each<[string, z.ZodType, string]>([
    ['a union', described(z.union([text(3), z.boolean()])), 'spec.field: a union is not structural'],
    ['a union within a list', described(listOf(z.union([text(3), z.boolean()]), 3)), 'spec.field[]: a union is not'],
    [
      'a discriminated union',
      described(z.discriminatedUnion('a', [z.object({ a: z.literal('x') })])),
      'a union is not',
    ],
    ['a tuple', described(z.tuple([text(3)])), 'spec.field: a tuple is not structural'],
    ['a schema that recurses', described(recursive()), 'spec.field.child: a recursive schema would need $ref'],
    [
      'an intersection',
      described(z.object({}).and(z.object({}))),
      "spec.field: zod's intersection has no structural form",
    ],
    ['a transform', described(text(3).transform(Number)), "spec.field: zod's pipe has no structural form"],
    ['a date', described(z.date()), "spec.field: zod's date has no structural form"],
    ['anything', described(z.unknown()), "spec.field: zod's unknown has no structural form"],
    ['a refinement', described(text(3).refine((s) => s !== 'x')), 'spec.field: a refinement is lost in a CRD'],
    ['a trim', described(text(3).trim()), 'spec.field: a CRD cannot change a value'],
    [
      'a pattern with flags',
      described(text(3).regex(/a/i)),
      'spec.field: the flags of a pattern are lost in a CRD (i)',
    ],
    ['two patterns', described(text(3).regex(/a/).regex(/b/)), 'spec.field: several patterns on one string'],
    [
      'limited keys',
      described(z.record(text(3), z.boolean()).meta({ maxProperties: 2 })),
      "a map's keys cannot be limited",
    ],
    [
      'an open object',
      described(z.looseObject({ a: described(z.boolean()) })),
      "spec.field.{}: zod's unknown has no structural form",
    ],
    ['a look-ahead', described(text(3).regex(/^(?!a)b/)), 'spec.field: the pattern ^(?!a)b uses look-around'],
    ['a back-reference', described(text(3).regex(/(a)\1/)), 'spec.field: the pattern (a)\\1 uses a back-reference'],
    ['a word that YAML takes for a boolean', described(z.enum(['Off', 'Auto'])), 'spec.field: YAML 1.1 reads Off'],
    ['an email, for its pattern or its length', described(z.email()), 'spec.field: a string has no upper bound'],
    ['an unknown format', described(z.cuid2().max(30)), 'the API server does not know the format cuid2'],
    ['a string without bound', described(z.string()), 'spec.field: a string has no upper bound'],
    [
      'a list without bound',
      described(z.array(text(3)).meta({ 'x-kubernetes-list-type': 'atomic' })),
      'a list has no upper',
    ],
    ['a map without bound', described(z.record(z.string(), z.boolean())), 'spec.field: a map has no upper bound'],
    [
      'an unbounded value of a map',
      described(z.record(z.string(), z.string()).meta({ maxProperties: 2 })),
      'spec.field.{}: a string',
    ],
    ['a list that does not merge', described(z.array(text(3)).max(2)), 'spec.field: a list must say how it merges'],
    ['a key items lack', described(listByKey(z.object({}), ['name'], 2)), 'spec.field: items have no key name'],
    [
      'a key that is optional',
      described(listByKey(z.object({ name: described(text(3)).exactOptional() }), ['name'], 2)),
      'it is optional',
    ],
    [
      'a default that does not fit',
      described(text(3).default('long')),
      'spec.field: the default does not fit: it has more than 3',
    ],
    [
      'a default without a required key',
      described(z.object({ a: described(text(3)) }).default({} as { a: string })),
      'spec.field.a: the default does not fit: it is required',
    ],
    [
      'a field without description',
      z.object({ a: z.boolean() }).describe('A field.'),
      'spec.field.a: there is no description',
    ],
  ])('%s', (_, field, message) => {
    expect(problemsOf(field).join('\n')).toContain(message);
  });

  test('every problem at once', () => {
    expect(problemsOf(described(z.object({ a: z.string(), b: described(z.string()) })))).toHaveLength(3);
  });
});

test('what the generator accepts is structural, and accepts the values zod accepts', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(
      specCase.chain((it) => fc.tuple(fc.constant(it.schema), fc.array(it.values, { minLength: 1, maxLength: 20 }))),
      ([schema, values]) => {
        const structural = toStructural(schema, 'spec');
        expect(checkSchema(structural, 'spec')).toEqual([]);
        for (const value of values) {
          // zod knows nothing of sets and keys, so a repeated item is the one thing only the CRD refuses.
          const problems = validate(structural, value, 'spec').filter(({ message }) => message !== 'repeats an item');
          expect({ value, fits: problems.length === 0 }).toEqual({ value, fits: schema.safeParse(value).success });
        }
      },
    ),
  );
});

function recursive(): z.ZodType {
  const node: z.ZodType = z.object({
    get child() {
      return node.exactOptional();
    },
  });
  return node;
}
