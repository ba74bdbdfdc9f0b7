/** The tables of rights in docs/install.md, which people decide by, against what the roles grant. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { PolicyRule } from '#runtime/controller/types.ts';
import { permissions } from '#src/install/permissions.ts';

const { cluster, served, named, own } = permissions({
  lease: 'any',
  webhooks: { secret: 'any', configuration: 'any' },
});
let tables: readonly (readonly string[])[];

/** `get secrets`, `create events.events.k8s.io`: one a verb and a resource. */
function granted(rules: readonly PolicyRule[]): Set<string> {
  const all = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`)),
    ),
  );
  return new Set(all);
}

/** Those of one table, a row being resources, verbs and what for. */
function listed(table: string): string[] {
  const rows = [...table.matchAll(/^\| (`.*?) \| (.*?) \|/gm)];
  return rows.flatMap(([, resources = '', verbs = '']) =>
    [...resources.matchAll(/`(.+?)`/g)].flatMap(([, resource]) =>
      verbs.split(', ').map((verb) => `${verb} ${resource}`),
    ),
  );
}

beforeAll(async () => {
  const [, rights = ''] = (await readFile('docs/install.md', 'utf8')).split('## What the operator may do');
  tables = rights.split('| Resources | Verbs | For |').slice(1).map(listed);
});

test('the rights in each namespace are those of its Role', () => {
  expect(new Set(tables[0])).toEqual(granted([...served, ...named]));
});

test('the rights on the whole cluster are those of the ClusterRole', () => {
  expect(new Set([...(tables[0] ?? []), ...(tables[1] ?? [])])).toEqual(granted([...cluster, ...served]));
});

test('the rights in the operator’s own namespace are those of its Role', () => {
  expect(new Set(tables[2])).toEqual(granted(own));
});
