import { describe, expect, it } from 'vitest';
import { DokkerrError } from './errors.ts';
import { createLogger } from './logging.ts';

async function loggerToLines() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { log: await createLogger({ destination, level: 'debug' }), lines };
}

describe('the log', () => {
  it('is one JSON object a line, with its level as a word and the bindings of the pass', async () => {
    const { log, lines } = await loggerToLines();
    log.child({ reconcileID: 'r1', object: 'shop/web' }).warn({ step: 'Start' }, 'slow');
    expect(lines[0]).toMatchObject({
      level: 'warn',
      reconcileID: 'r1',
      object: 'shop/web',
      step: 'Start',
      msg: 'slow',
    });
    expect(Date.parse(String(lines[0]?.time))).not.toBeNaN();
  });

  it('never shows what stands under the name of a secret', async () => {
    const { log, lines } = await loggerToLines();
    log.info({ password: 'hunter2', object: { data: 'hunter2', stringData: { a: 'hunter2' }, token: 'hunter2' } });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('writes an error with its code and its causes, and nothing else that hangs on it', async () => {
    const { log, lines } = await loggerToLines();
    const cause = Object.assign(new Error('socket hang up'), { body: 'hunter2' });
    log.error({ err: new DokkerrError('DKR_API_UNREACHABLE', 'no answer', { cause, httpStatus: 503 }) });
    expect(lines[0]?.err).toMatchObject({
      code: 'DKR_API_UNREACHABLE',
      class: 'transient',
      httpStatus: 503,
      message: 'no answer',
      cause: { message: 'socket hang up' },
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
