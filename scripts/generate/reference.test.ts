import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineKind } from '../../src/crds/kind.ts';
import { rule, rules } from '../../src/crds/schema/annotations.ts';
import { listByKey } from '../../src/crds/schema/lists.ts';
import { text } from '../../src/crds/schema/names.ts';
import { renderKind } from './reference.ts';

const item = z
  .object({
    name: text(9).describe('Its name.'),
    mode: z.enum(['a', 'b']).default('a').describe('One | the other.'),
  })
  .meta(rules(rule("self.name != 'x'", 'write another name')));

const page = renderKind(
  defineKind({
    kind: 'Sample',
    plural: 'samples',
    shortNames: ['smp'],
    description: 'A sample.',
    spec: z.object({ items: listByKey(item, ['name'], 4).describe('Its items.') }),
    status: z.object({}),
    columns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when.' }],
  }),
);

test('a reference page shows type, default, constraint and description of a field, and what is required', () => {
  expect(page).toContain('| `items` * | list of object by name |  | at most 4 items | Its items. |');
  expect(page).toContain('| `[].name` * | string |  | 1 to 9 characters | Its name. |');
});

test('a bar in a description does not end its cell', () => {
  expect(page).toContain('| `[].mode` | string | `"a"` | `"a"`, `"b"` | One \\| the other. |');
});

test('a reference page says with which sentence a rule refuses, also for the items of a list', () => {
  expect(page).toContain('- write another name');
});
