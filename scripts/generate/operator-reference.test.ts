import { describe, expect, it } from 'vitest';
import { renderValues } from './operator-reference.ts';

const rowsOf = (text: string) =>
  renderValues(text)
    .split('\n')
    .filter((line) => line.startsWith('| `'));

describe('the page of the chart’s values', () => {
  it('has a row for each explained value, with its path and default', () => {
    const text =
      '# The file.\n\n# -- How many.\nreplicas: 2\nlog:\n  # -- How loud,\n  # and to whom.\n  level: info\n';
    expect(rowsOf(text)).toEqual([
      '| `replicas` | `2` | How many. |',
      '| `log.level` | `info` | How loud, and to whom. |',
    ]);
  });

  it('explains a map as a whole where it is explained, and refers to the file for what takes lines', () => {
    const text =
      'first: {}\n# -- Requests and limits.\nresources:\n  requests:\n    cpu: 50m\n  limits:\n    memory: 1Gi\n';
    expect(rowsOf(text)).toEqual(['| `resources` | see values.yaml | Requests and limits. |']);
  });

  it('keeps a bar in a text from being a column', () => {
    expect(rowsOf('# -- a|b\nname: ""\n')).toEqual(['| `name` | `""` | a\\|b |']);
  });
});
