import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { flagOf, helpOf, schemaOf, variableOf } from './option.ts';

const option = (schema: z.ZodType, otherwise?: string) => ({
  argument: '<word>',
  description: 'a word',
  schema,
  ...(otherwise === undefined ? {} : { otherwise }),
});

describe('an option', () => {
  it('has its flag and its variable from one name', () => {
    expect(flagOf('webhookCertDir')).toBe('--webhook-cert-dir');
    expect(variableOf('webhookCertDir')).toBe('DOKKERR_WEBHOOK_CERT_DIR');
  });

  it('shows the default its parser has', () => {
    const told = option(z.string().prefault('this'));
    expect(helpOf(told)).toBe('a word (default: this)');
    expect(schemaOf({ told }).parse({})).toEqual({ told: 'this' });
  });

  it('shows in words what no text can say', () => {
    expect(helpOf(option(z.string().optional(), 'it depends'))).toBe('a word (default: it depends)');
    expect(helpOf(option(z.string().prefault(''), 'all'))).toBe('a word (default: all)');
  });

  it('shows none where there is none', () => {
    expect(helpOf(option(z.string()))).toBe('a word');
  });
});
