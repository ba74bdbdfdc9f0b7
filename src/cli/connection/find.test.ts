import { describe, expect, it } from 'vitest';
import { absent } from './find.ts';
import { editDistance, nearMiss } from './near-miss.ts';

describe('a name that is not there', () => {
  it('is told with the one that was probably meant', () => {
    expect(absent('Container', 'ntoes', 'shop', ['diary', 'notes']).message).toBe(
      'there is no Container ntoes in namespace shop: did you mean notes?',
    );
  });

  it('is told with those there are, as far as a line holds them', () => {
    expect(absent('Container', 'web', 'shop', ['diary', 'notes']).message).toContain('there are diary, notes');
    const many = ['a1', 'b2', 'c3', 'd4', 'e5', 'f6', 'g7'];
    expect(absent('Backup', 'nightly', 'shop', many).message).toContain('there are a1, b2, c3, d4, e5 and 2 more');
    expect(absent('Backup', 'nightly', 'shop', []).message).toContain('--namespace names another');
  });

  it('is near when letters were swapped, left out, or the end was not written', () => {
    expect(nearMiss('note', ['diary', 'notes'])).toBe('notes');
    expect(nearMiss('notes', ['notes-20261123-013507'])).toBe('notes-20261123-013507');
    expect(nearMiss('x', ['y'])).toBe('y');
    expect(nearMiss('notes', ['wholly-different'])).toBeUndefined();
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});
