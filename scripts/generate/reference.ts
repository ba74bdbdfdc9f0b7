/** `docs/reference/`: one page a kind, from its schema, and one for the command line. */
import { schemaOf } from '../../src/crds/generate/crd.ts';
import { children, type StructuralSchema } from '../../src/crds/generate/schema.ts';
import type { KindDefinition } from '../../src/crds/kind.ts';
import { commandLinePage } from './command-line.ts';
import { findKinds } from './kinds.ts';
import { type Generator, marker } from './registry.ts';

/** The reference pages. */
export const reference: Generator = {
  name: 'reference',
  folder: 'docs/reference',
  async generate() {
    const kinds = (await findKinds()).map((kind) => ({
      path: `docs/reference/${kind.singular}.md`,
      content: renderKind(kind),
    }));
    return [...kinds, commandLinePage()];
  },
};

/** The page of one kind. */
export function renderKind(kind: KindDefinition): string {
  const schema = schemaOf(kind);
  const { spec, status } = schema.properties ?? {};
  return `${[
    `<!-- ${marker} -->`,
    `# ${kind.kind}`,
    kind.description,
    `\`${kind.apiVersion}\`, \`kubectl get ${kind.plural}\` or \`${kind.shortNames.join('`, `')}\`; all kinds of the project: \`kubectl get ${kind.categories.join(',')}\`.`,
    renderColumns(kind),
    ...renderRules(schema),
    ...renderPart('spec', spec),
    ...renderPart('status', status),
  ].join('\n\n')}\n`;
}

function renderColumns({ columns }: KindDefinition): string {
  const head = '| Column | Shows | From |\n|---|---|---|';
  return [head, ...columns.map((c) => `| ${c.name} | ${c.description} | \`${c.jsonPath}\` |`)].join('\n');
}

/** A part in one table for its own fields and one for each field that has fields in turn. */
function renderPart(path: string, schema: StructuralSchema = {}): string[] {
  const fields = children(schema, path).map((field) => ({ ...field, required: isRequired(schema, field.path) }));
  const groups = fields.filter((field) => descendants(field.schema, field.path).length > 0);
  return [
    `## ${path}`,
    'Fields with a star are required.',
    renderTable(fields, path),
    ...renderRules(schema),
    ...groups.flatMap((field) => [
      `### ${field.path}`,
      field.schema.description ?? '',
      renderTable(descendants(field.schema, field.path), field.path),
      ...renderRules(...nodes(field.schema)),
    ]),
  ];
}

interface Field {
  readonly schema: StructuralSchema;
  readonly path: string;
  readonly required: boolean;
}

/** All fields below a node that have a description of their own, so not the items of lists. */
function descendants(schema: StructuralSchema, path: string): Field[] {
  return children(schema, path).flatMap((child) => {
    const own = Object.values(schema.properties ?? {}).includes(child.schema);
    const field = { ...child, required: isRequired(schema, child.path) };
    return [...(own ? [field] : []), ...descendants(child.schema, child.path)];
  });
}

function isRequired(parent: StructuralSchema, path: string): boolean {
  return parent.required?.includes(path.slice(path.lastIndexOf('.') + 1)) === true;
}

/** A node and all below it, the items of lists too. */
function nodes(schema: StructuralSchema): StructuralSchema[] {
  return [schema, ...children(schema, '').flatMap((child) => nodes(child.schema))];
}

function renderTable(fields: readonly Field[], parent: string): string {
  const rows = fields.map(({ schema, path, required }) =>
    [
      `\`${path.slice(parent.length).replace(/^\./, '')}\`${required ? ' *' : ''}`,
      typeName(schema),
      schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``,
      constraints(schema),
      schema.description ?? '',
    ]
      .map(cell)
      .join(' | '),
  );
  const head = '| Field | Type | Default | Constraint | Description |\n|---|---|---|---|---|';
  return [head, ...rows.map((row) => `| ${row} |`)].join('\n');
}

function typeName(schema: StructuralSchema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string';
  if (schema.items !== undefined) {
    const keys = schema['x-kubernetes-list-map-keys'];
    return `list of ${typeName(schema.items)}${keys === undefined ? '' : ` by ${keys.join(', ')}`}`;
  }
  if (schema.additionalProperties !== undefined) return `map of ${typeName(schema.additionalProperties)}`;
  return schema.type ?? '';
}

function constraints(schema: StructuralSchema): string {
  const { minLength, maxLength, minItems, maxItems, maxProperties, minimum, maximum, pattern } = schema;
  const number = (value: number | undefined) =>
    value === undefined || Math.abs(value) >= 2 ** 31 - 1 ? undefined : value;
  return [
    schema.enum === undefined ? '' : schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', '),
    range(number(minimum), number(maximum), ''),
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' items'),
    range(undefined, maxProperties, ' keys'),
    pattern === undefined ? '' : `\`${pattern}\``,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function range(min: number | undefined, max: number | undefined, unit: string): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max}${unit}`;
  if (max !== undefined) return `at most ${max}${unit}`;
  return min === undefined ? '' : `at least ${min}${unit}`;
}

/** What the rules of some nodes say, each sentence once. */
function renderRules(...schemas: readonly StructuralSchema[]): string[] {
  const messages = schemas.flatMap((schema) => (schema['x-kubernetes-validations'] ?? []).map((rule) => rule.message));
  if (messages.length === 0) return [];
  return [
    [
      'Anything else is refused with one of these sentences:',
      '',
      ...[...new Set(messages)].map((message) => `- ${message}`),
    ].join('\n'),
  ];
}

/** Text for a table's cell, where a bar would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
