/** What the text of an option can be. Every message says what to write instead. */
import * as z from 'zod';

/** Anything but nothing. */
export const text = z.string().min(1, 'write something');

export const namespace = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no name of a namespace');

/** `a,b`; nothing is an empty list. */
export const namespaces = z
  .string()
  .transform((list) =>
    list
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .pipe(z.array(namespace));

/** @param what kind of object, with its article */
export function objectName(what: string) {
  return z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, `is no name of ${what}`);
}

/** `host:port`, `:port` for all addresses; port 0 lets the system choose. */
export const address = z
  .string()
  .regex(
    /^(\[[0-9a-fA-F:]+\]|[^:\s]*):\d{1,5}$/,
    'write host:port, for example 127.0.0.1:8080, or :8080 for all addresses',
  )
  .transform((written) => {
    const colon = written.lastIndexOf(':');
    return { host: written.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(written.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, 'a port is at most 65535');

/** `15s`, `500ms`, `2m`, in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,6}(ms|s|m)$/, 'write a number with its unit: 500ms, 15s or 1m')
  .transform(
    (written) => Number.parseInt(written, 10) * (written.endsWith('ms') ? 1 : written.endsWith('s') ? 1000 : 60_000),
  )
  .refine((ms) => ms > 0, 'write more than nothing');

/** A flag that may stand alone. */
export const onOff = z
  .union([z.boolean(), z.enum(['true', 'false'])], 'write true or false')
  .transform((value) => value === true || value === 'true');

export const count = z.coerce.number('write a whole number').int('write a whole number').min(1).max(1000);

/** One of a few words. */
export function oneOf<const W extends readonly [string, string, ...string[]]>(...words: W) {
  const last = words.at(-1);
  return z.enum(words, `write ${words.slice(0, -1).join(', ')} or ${last}`);
}
