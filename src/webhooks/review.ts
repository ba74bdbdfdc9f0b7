/**
 * One admission through all rules of a webhook. A rule that fails or takes too long refuses nothing: the controller checks
 * the same before it acts, so it only costs the early word.
 */
import type { Logger } from 'pino';
import type { Client, KubernetesObject } from '#runtime/client/types.ts';
import type { Clock } from '#runtime/clock.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import type { Admission, Finding, Rule, RuleContext, ValidatingWebhook } from './types.ts';
import { warning } from './types.ts';

export interface ReviewOptions {
  readonly client: Pick<Client, 'get' | 'list'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** milliseconds for all rules together */
  readonly timeout: number;
  /** told of a rule that failed or took too long */
  readonly onUnchecked: (webhook: ValidatingWebhook, rule: string) => void;
}

/** All findings, in the order of the rules. Never throws. */
export async function review(
  webhook: ValidatingWebhook,
  admission: Admission,
  { client, clock, log, timeout, onUnchecked }: ReviewOptions,
): Promise<readonly Finding[]> {
  const late = Promise.withResolvers<void>();
  const abort = new AbortController();
  const cancel = clock.after(timeout, () => {
    late.resolve();
    abort.abort();
  });
  const context: RuleContext = { client, signal: abort.signal };
  try {
    const findings = await Promise.all(
      webhook.rules.map(async (rule) => {
        const answer = await Promise.race([tryRule(rule, admission, context), late.promise]);
        if (answer !== undefined && 'findings' in answer) return answer.findings;
        const why =
          answer === undefined ? `no answer within ${timeout / 1000} s` : asDokkerrError(answer.thrown).message;
        log.warn({ webhook: webhook.name, rule: rule.name, namespace: admission.namespace }, `not checked: ${why}`);
        onUnchecked(webhook, rule.name);
        return [warning(`not checked by admission (${rule.name}): ${why}`)];
      }),
    );
    return findings.flat();
  } finally {
    cancel();
  }
}

async function tryRule(
  rule: Rule<KubernetesObject>,
  admission: Admission,
  context: RuleContext,
): Promise<{ findings: readonly Finding[] } | { thrown: unknown }> {
  try {
    return { findings: await rule.check(admission, context) };
  } catch (thrown) {
    return { thrown };
  }
}
