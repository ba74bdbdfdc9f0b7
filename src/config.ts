/** What each role can be told, by flag or by environment; every message names the flag and says what to write. */
import type * as z from 'zod';
import { DokkerrError } from '#runtime/errors.ts';
import {
  admissionOptions,
  connectionOptions,
  electionOptions,
  healthOptions,
  processOptions,
  workOptions,
} from './options/groups.ts';
import { flagOf, type OptionTable, schemaOf } from './options/option.ts';
import { address } from './options/values.ts';

/** Options of `dokkerr controller`. */
export const controllerOptions = {
  ...connectionOptions,
  ...workOptions,
  ...healthOptions,
  ...electionOptions,
  webhookListen: {
    argument: '<address>',
    description: 'serve admission there: :9443',
    schema: address.optional(),
    otherwise: 'not at all',
  },
  ...admissionOptions,
  ...processOptions,
} satisfies OptionTable;

/** How often a holder of the lease must be able to try before it has to give up. */
const renewalsBeforeDeadline = 2;

export const controllerConfig = schemaOf(controllerOptions).check(({ value, issues }) => {
  const { leaseDuration, leaseRenewDeadline, leaseRetryPeriod } = value;
  const refuse = (path: string, message: string) =>
    issues.push({ code: 'custom', input: value, path: [path], message });
  if (leaseRenewDeadline >= leaseDuration) refuse('leaseRenewDeadline', 'must be shorter than --lease-duration');
  if (leaseRetryPeriod * renewalsBeforeDeadline > leaseRenewDeadline)
    refuse('leaseRetryPeriod', 'must be at most half of --lease-renew-deadline');
});

export type ControllerConfig = z.output<typeof controllerConfig>;

/** Options of `dokkerr webhook`, which serves admission and nothing else. */
export const webhookOptions = {
  ...connectionOptions,
  ...healthOptions,
  webhookListen: {
    argument: '<address>',
    description: 'where admission is served',
    schema: address.prefault(':9443'),
  },
  ...admissionOptions,
  ...processOptions,
} satisfies OptionTable;

export const webhookConfig = schemaOf(webhookOptions);

export type WebhookConfig = z.output<typeof webhookConfig>;

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

/** Flags are words; a switch that stands alone is `true`. */
function given(value: unknown): string {
  if (value === undefined) return ' (its default)';
  return ` ${typeof value === 'string' ? `"${value}"` : JSON.stringify(value)}`;
}
