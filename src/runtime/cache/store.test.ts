import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../client/types.ts';
import { Store } from './store.ts';

interface Item extends KubernetesObject {
  colours: string[];
}

const item = (namespace: string, name: string, colours: string[]): Item => ({
  apiVersion: 'v1',
  kind: 'Item',
  metadata: { namespace, name },
  colours,
});

const namespaces = fc.constantFrom('a', 'b');
const names = fc.constantFrom('x', 'y', 'z');
const colours = fc.array(fc.constantFrom('red', 'green', 'blue'));
const write = fc.record({ namespace: namespaces, name: names, colours: fc.option(colours, { nil: undefined }) });

const namesOf = (items: readonly Item[]): string[] =>
  items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();

describe('the store', () => {
  test('answers as a plain list searched from end to end would, after any writes', () => {
    fc.assert(
      fc.property(fc.array(write), fc.nat(20), (writes, indexedAfter) => {
        const store = new Store<Item>();
        store.addIndex('colour', (object) => object.colours);
        const model = new Map<string, Item>();
        for (const [turn, { namespace, name, colours: wanted }] of writes.entries()) {
          if (turn === indexedAfter) store.addIndex('name', (object) => [object.metadata.name]);
          // The first list of a namespace makes its index, at any time.
          if (turn === indexedAfter) store.list('a');
          const key = `${namespace}/${name}`;
          if (wanted === undefined) {
            expect(store.delete(key)).toBe(model.get(key));
            model.delete(key);
          } else {
            const object = item(namespace, name, wanted);
            expect(store.put(key, object)).toBe(model.get(key));
            model.set(key, object);
          }
        }
        store.addIndex('name', (object) => [object.metadata.name]);

        const all = [...model.values()];
        expect(store.size).toBe(all.length);
        expect(namesOf(store.list())).toEqual(namesOf(all));
        for (const namespace of ['a', 'b', 'c']) {
          expect(namesOf(store.list(namespace))).toEqual(
            namesOf(all.filter((o) => o.metadata.namespace === namespace)),
          );
        }
        for (const colour of ['red', 'green', 'blue']) {
          expect(namesOf(store.by('colour', colour))).toEqual(namesOf(all.filter((o) => o.colours.includes(colour))));
        }
        for (const name of ['x', 'y', 'z']) {
          expect(namesOf(store.by('name', name))).toEqual(namesOf(all.filter((o) => o.metadata.name === name)));
        }
      }),
    );
  });

  test('says which index was not declared', () => {
    expect(() => new Store<Item>().by('size', 'big')).toThrow('no index "size" was declared');
  });
});
