import { describe, expect, it } from 'vitest';
import { LiveArea } from './live-area.ts';
import { painted, paintFor, plain } from './paint.ts';

function recorded() {
  const written: string[] = [];
  return { written, area: new LiveArea({ columns: 80, write: (text) => written.push(text) }) };
}

describe('the live lines of a terminal', () => {
  it('are drawn over the ones before', () => {
    const { written, area } = recorded();
    area.draw(['one', 'two']);
    area.draw(['three']);
    expect(written).toEqual(['one\ntwo\n', '\u001b[2A\u001b[0Jthree\n']);
  });

  it('are not drawn again while they are the same', () => {
    const { written, area } = recorded();
    area.draw(['one']);
    area.draw(['one']);
    expect(written).toHaveLength(1);
  });

  it('make room for a line that stays', () => {
    const { written, area } = recorded();
    area.draw(['one']);
    area.above('lost');
    expect(written.at(-1)).toBe('\u001b[1A\u001b[0Jlost\none\n');
  });

  it('are the last ones where there is no room for all: what has left the screen cannot be drawn over', () => {
    const written: string[] = [];
    const area = new LiveArea({ columns: 80, rows: 3, write: (text) => written.push(text) });
    area.draw(['one', 'two', 'three']);
    expect(written).toEqual(['two\nthree\n']);
  });

  it('stay when they are left', () => {
    const { written, area } = recorded();
    area.draw(['one']);
    area.leave();
    area.draw(['two']);
    expect(written.at(-1)).toBe('two\n');
  });
});

describe('colours', () => {
  it('are for terminals, unless NO_COLOR or the terminal says otherwise', () => {
    expect(paintFor({ isTTY: true, env: {} })).toBe(painted);
    expect(paintFor({ isTTY: true, env: { NO_COLOR: '' } })).toBe(painted);
    expect(paintFor({ isTTY: true, env: { NO_COLOR: '1' } })).toBe(plain);
    expect(paintFor({ isTTY: true, env: { TERM: 'dumb' } })).toBe(plain);
    expect(paintFor({ env: {} })).toBe(plain);
  });
});
