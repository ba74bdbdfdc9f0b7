/** The role `webhook`: serves admission and nothing else, for clusters that want it apart from the controllers. */
import type { Logger } from 'pino';
import { systemClock } from '#runtime/clock.ts';
import { createManager } from '#runtime/manager/manager.ts';
import { checkStart } from '#runtime/manager/start-check.ts';
import { createMetrics } from '#runtime/metrics/metrics.ts';
import type { WebhookConfig } from '../config.ts';
import { identity, version } from '../identity.ts';
import { admission, admissionGrants } from './admission.ts';
import { connect } from './connection.ts';
import { installHints, servedKinds } from './reach.ts';

/** Runs until `signal` aborts; resolves to whether everything ended in time. */
export async function runWebhook(config: WebhookConfig, log: Logger, signal: AbortSignal): Promise<{ clean: boolean }> {
  log.info({ config, version }, 'starting');
  const metrics = createMetrics(identity.name);
  await using connection = await connect(config, metrics, signal);
  log.info({ server: connection.server, kubernetes: connection.version, version }, 'connected');
  const grants = admissionGrants(config, connection);
  await checkStart(connection.client, { kinds: servedKinds, grants, ...installHints }, signal);
  const webhooks = admission(config, { connection, log, metrics });
  const manager = createManager({
    metrics,
    log,
    clock: systemClock,
    webhooks,
    readiness: [webhooks.ready],
    http: config.listen,
    stopDeadlineMs: config.stopTimeout,
  });
  return await manager.run(signal);
}
