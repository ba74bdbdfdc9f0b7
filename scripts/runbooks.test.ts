/** The page of error codes, which status and log refer to, against the catalogue of errors. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorCatalogue } from '../src/runtime/errors.ts';

const codes = Object.entries(errorCatalogue);
/** What stands below each code's heading, by code. */
let sections: ReadonlyMap<string, string>;

beforeAll(async () => {
  const page = await readFile('docs/runbooks/errors.md', 'utf8');
  const parts = page.split(/^#+ /m).filter((part) => part.startsWith('DKR_'));
  sections = new Map(
    parts.map((part) => {
      const [code = '', ...text] = part.split('\n');
      return [code, text.join('\n').trim()] as const;
    }),
  );
});

describe('the page of error codes', () => {
  it('has a section for every code, and none for a code that is no more', () => {
    expect([...sections.keys()].toSorted()).toEqual(codes.map(([code]) => code).toSorted());
  });

  it.each(codes)('says the class of %s, what it means and what to do', (code, { class: kind, summary }) => {
    const [said = '', meaning = '', todo = ''] = (sections.get(code) ?? '').split('\n\n');
    expect(said).toBe(`*${kind}: ${summary}*`);
    expect(meaning).toMatch(/\.$/);
    expect(todo).toMatch(/^\*\*Do:\*\* .+\.$/s);
  });
});
