/** `dokkerr webhook`: admission alone, in a process of its own. */
import { createLogger } from '#runtime/logging.ts';
import { runProcess } from '#runtime/manager/process.ts';
import { webhookConfig, webhookOptions } from '../config.ts';
import { defineCommand, exitCodeNotes } from './command.ts';

export const webhookCommand = defineCommand({
  name: 'webhook',
  options: webhookOptions,
  schema: webhookConfig,
  notes: exitCodeNotes,
  async run(config) {
    const log = await createLogger({ level: config.logLevel, format: config.logFormat });
    const { runWebhook } = await import('../roles/webhook.ts');
    process.exitCode = await runProcess(log, (signal) => runWebhook(config, log, signal));
  },
});
