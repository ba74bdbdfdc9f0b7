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

function objectName(what: string) {
  return z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, `is no name of ${what}`);
}

/** `15s`, `500ms`, `2m`, in milliseconds. */
const duration = z
  .string()
  .regex(/^\d{1,6}(ms|s|m)$/, 'write a number with its unit: 500ms, 15s or 1m')
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('ms') ? 1 : text.endsWith('s') ? 1000 : 60_000))
  .refine((ms) => ms > 0, 'write more than nothing');

/** A flag that may stand alone. */
const onOff = z
  .union([z.boolean(), z.enum(['true', 'false'])], 'write true or false')
  .transform((value) => value === true || value === 'true');

/** Flags of `dokkerr controller`, as commander collects them. */
const controllerFlags = z.object({
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
  /** absent: in a pod */
  leaderElect: onOff.optional(),
  leaseNamespace: namespace.optional(),
  leaseName: objectName('a Lease').default('dokkerr-leader'),
  leaseDuration: duration.prefault('15s'),
  leaseRenewDeadline: duration.prefault('10s'),
  leaseRetryPeriod: duration.prefault('2s'),
  /** absent: admission is not served */
  webhookListen: listen.optional(),
  webhookService: objectName('a Service').default('dokkerr-webhook'),
  webhookSecret: objectName('a Secret').default('dokkerr-webhook-certificate'),
  webhookConfiguration: objectName('a ValidatingWebhookConfiguration').default('dokkerr'),
  /** absent: certificates are made here */
  webhookCertDir: z.string().min(1).optional(),
  stopTimeout: duration.prefault('20s'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  logFormat: z.enum(['auto', 'json', 'text']).default('auto'),
});

/** How often a holder of the lease must be able to try before it has to give up. */
const renewalsBeforeDeadline = 2;

export const controllerConfig = controllerFlags.check(({ value, issues }) => {
  const { leaseDuration, leaseRenewDeadline, leaseRetryPeriod } = value;
  const refuse = (path: string, message: string) =>
    issues.push({ code: 'custom', input: value, path: [path], message });
  if (leaseRenewDeadline >= leaseDuration) refuse('leaseRenewDeadline', 'must be shorter than --lease-duration');
  if (leaseRetryPeriod * renewalsBeforeDeadline > leaseRenewDeadline)
    refuse('leaseRetryPeriod', 'must be at most half of --lease-renew-deadline');
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
    return `${flagOf(name)}${given(flags[name])}: ${message}`;
  });
  throw new DokkerrError('DKR_CONFIG_INVALID', problems.join('; '));
}

/** `logLevel` is the flag `--log-level`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Flags are words; a switch that stands alone is `true`. */
function given(value: unknown): string {
  if (value === undefined) return ' (its default)';
  return ` ${typeof value === 'string' ? `"${value}"` : JSON.stringify(value)}`;
}
