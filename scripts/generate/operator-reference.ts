/** `docs/reference/operator/`: what the chart and the program can be told, from the tables they are made of. */
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, type Node, parseDocument, stringify, type YAMLMap } from 'yaml';
import { controllerOptions, webhookOptions } from '../../src/config.ts';
import { defaultOf, flagOf, type OptionTable, variableOf } from '../../src/options/option.ts';
import { type Generator, marker } from './registry.ts';

const folder = 'docs/reference/operator';
const head = `<!-- ${marker} -->`;

export const operatorReference: Generator = {
  name: 'operator-reference',
  folder,
  async generate() {
    const values = await readFile(new URL('../../charts/dokkerr/values.yaml', import.meta.url), 'utf8');
    return [
      { path: `${folder}/options.md`, content: renderOptions() },
      { path: `${folder}/values.md`, content: renderValues(values) },
    ];
  },
};

function renderOptions(): string {
  return `${[
    head,
    '# Options of the program',
    'Each can be written as a flag or as an environment variable; the flag wins. `dokkerr COMMAND --help` says the same.',
    ...renderCommand('controller', 'Drives the resources of a cluster to their declared state.', controllerOptions),
    ...renderCommand('webhook', 'Serves admission and nothing else.', webhookOptions),
  ].join('\n\n')}\n`;
}

function renderCommand(name: string, about: string, options: OptionTable): string[] {
  const rows = Object.entries(options).map(([option, told]) =>
    row(`\`${flagOf(option)} ${told.argument}\``, `\`${variableOf(option)}\``, defaultOf(told) ?? '', told.description),
  );
  return [`## dokkerr ${name}`, about, table(['Flag', 'Variable', 'Default', 'Meaning'], rows)];
}

/** One row a value; exported for its test. @param text of values.yaml, where `# --` begins what a value means */
export function renderValues(text: string): string {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  const rows = valuesOf(contents, '').map(({ path, value, meaning }) => row(`\`${path}\``, shown(value), meaning));
  return `${[
    head,
    '# Values of the chart',
    'What is wrong or misspelt is refused with its path. `helm show values charts/dokkerr` prints the same as YAML.',
    table(['Value', 'Default', 'Meaning'], rows),
  ].join('\n\n')}\n`;
}

interface Value {
  readonly path: string;
  readonly value: Node | null;
  readonly meaning: string;
}

/** Those that are explained; what is below an explained map is Kubernetes' to explain. */
function valuesOf(map: YAMLMap, prefix: string): Value[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) return [];
    const path = `${prefix}${String(key.value)}`;
    // Sound: a parsed document holds nodes.
    const node = value as Node | null;
    // What stands above the first field of a map is kept with the map.
    const meaning = meaningOf(key.commentBefore ?? (index === 0 ? map.commentBefore : undefined));
    if (meaning !== undefined) return [{ path, value: node, meaning }];
    return isMap(node) ? valuesOf(node, `${path}.`) : [];
  });
}

function meaningOf(comment: string | null | undefined): string | undefined {
  const [, meaning] = /(?:^|\n) ?-- ([\s\S]*)$/.exec(comment ?? '') ?? [];
  return meaning?.replaceAll(/\n\s*/g, ' ');
}

/** A map or list of several lines is left to values.yaml. */
function shown(value: Node | null): string {
  const text = value === null ? '' : stringify(value).trim();
  return text.includes('\n') ? 'see values.yaml' : `\`${text}\``;
}

function table(columns: readonly string[], rows: readonly string[]): string {
  return [row(...columns), `|${columns.map(() => '---|').join('')}`, ...rows].join('\n');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
