/** What a role can be told, by flag or by environment; every message names the flag and says what to write. */
import * as z from 'zod';
import { DokkerrError } from '#runtime/errors.ts';

const namespace = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is no name of a namespace');

/** `host:port`, `:port` for all addresses; port 0 lets the system choose. */
const listen = z
  .string()
  .regex(
    /^(\[[0-9a-fA-F:]+\]|[^:\s]*):\d{1,5}$/,
    'write host:port, for example 127.0.0.1:8080, or :8080 for all addresses',
  )
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, 'a port is at most 65535');

/** Flags of `dokkerr controller`, as commander collects them. */
export const controllerConfig = z.object({
  kubeconfig: z.string().min(1).optional(),
  context: z.string().min(1).optional(),
  namespaces: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(namespace))
    .default([]),
  listen: listen.prefault(':8080'),
  concurrency: z.coerce.number('write a whole number').int('write a whole number').min(1).max(1000).default(10),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  logFormat: z.enum(['auto', 'json', 'text']).default('auto'),
});

export type ControllerConfig = z.output<typeof controllerConfig>;

/**
 * The configuration that the flags and the environment say together.
 * @throws DKR_CONFIG_INVALID naming each flag that is wrong, what it was given, and what to write instead
 */
export function parseConfig<T extends z.ZodType>(schema: T, flags: Readonly<Record<string, unknown>>): z.output<T> {
  const result = schema.safeParse(flags);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? '');
    return `${flagOf(name)} "${String(flags[name])}": ${message}`;
  });
  throw new DokkerrError('DKR_CONFIG_INVALID', problems.join('; '));
}

/** `logLevel` is the flag `--log-level`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
