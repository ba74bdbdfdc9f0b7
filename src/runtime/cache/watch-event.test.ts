import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWatchEvent } from './watch-event.ts';

const identity = { apiVersion: 'apps/v1', kind: 'Deployment' };
const read = (event: unknown) => readWatchEvent(JSON.stringify(event), identity);
const metadata = { name: 'a', resourceVersion: '7' };

describe('a line of a watch', () => {
  test('is an object to put, with the identity of its kind and without managedFields', () => {
    const object = { kind: 'PartialObjectMetadata', metadata: { ...metadata, managedFields: [{}] } };
    expect(read({ type: 'MODIFIED', object })).toEqual({ type: 'put', object: { ...identity, metadata } });
  });

  test('is an object that was deleted', () => {
    expect(read({ type: 'DELETED', object: { metadata } })).toMatchObject({ type: 'deleted', object: { metadata } });
  });

  test('is a bookmark, which may end the initial list', () => {
    const bookmark = { type: 'bookmark', resourceVersion: '7' };
    expect(read({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '7' } } })).toEqual({
      ...bookmark,
      listComplete: false,
    });
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    expect(read({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '7', annotations } } })).toEqual({
      ...bookmark,
      listComplete: true,
    });
  });

  test('is an error with its status', () => {
    expect(read({ type: 'ERROR', object: { code: 410 } })).toEqual({ type: 'error', status: { code: 410 } });
  });

  test('is malformed, never thrown, whatever else it may be', () => {
    const type = fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'PATCHED', undefined, 5);
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(readWatchEvent(line, identity).type).toBe('malformed');
      }),
    );
    fc.assert(
      fc.property(type, fc.jsonValue(), (word, object) => {
        expect(read({ type: word, object }).type).toBe('malformed');
      }),
    );
  });
});
