/** The cells of a table, from the columns a kind declares for `kubectl get`: one source, so that both show the same. Pure. */

import type { PrinterColumn } from '#crds/kind.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { age } from './age.ts';
import { oneLine } from './one-line.ts';
import type { Cell } from './table.ts';

export interface ColumnOptions {
  /** also the columns kubectl shows with `-o wide` */
  readonly wide: boolean;
  /** a column for the namespace */
  readonly namespaces: boolean;
  readonly now: Date;
}

/** Head and rows. */
export function cellsOf(
  columns: readonly PrinterColumn[],
  objects: readonly KubernetesObject[],
  { wide, namespaces, now }: ColumnOptions,
): { readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] } {
  const shown = columns.filter(({ priority = 0 }) => wide || priority === 0);
  const identity = ({ metadata }: KubernetesObject) => [
    ...(namespaces ? [{ text: metadata.namespace ?? '' }] : []),
    { text: metadata.name },
  ];
  return {
    head: [...(namespaces ? ['NAMESPACE'] : []), 'NAME', ...shown.map(({ name }) => name.toUpperCase())],
    rows: objects.map((object) => [...identity(object), ...shown.map((column) => cellOf(column, object, now))]),
  };
}

function cellOf({ name, type, jsonPath }: PrinterColumn, object: KubernetesObject, now: Date): Cell {
  const value = valueAt(object, jsonPath);
  if (value === undefined || value === null || value === '') return { text: '' };
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (type === 'date') return { text: age(text, now) };
  return { text: oneLine(text), isPhase: name === 'Phase' || name === 'Verified' };
}

/** Of the paths our kinds use: `.status.endpoints[0].address`. Undefined where it leads nowhere. */
export function valueAt(object: unknown, path: string): unknown {
  const keys = path.match(/[^.[\]]+/g) ?? [];
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    object,
  );
}
