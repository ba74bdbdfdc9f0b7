#!/usr/bin/env node
/** The command line: reads which role to play and what it is told, and turns its end into an exit code. */
import { Command } from 'commander';
import { createLogger } from '#runtime/logging.ts';
import { exitCodes, runProcess } from '#runtime/manager/process.ts';
import { type ControllerConfig, controllerConfig, parseConfig } from './config.ts';
import { commit, version } from './identity.ts';

const program = new Command('dokkerr')
  .description('One Kubernetes operator for containers, proven backups, reversible migrations and releases.')
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'dokkerr: ')) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.unusable));

program
  .command('version')
  .description('print the version')
  .option('-o, --output <format>', 'json, or text (default: text)')
  .action(({ output = 'text' }: { output?: string }) => {
    if (output !== 'text' && output !== 'json') fail(`--output "${output}": write json or text`);
    console.log(
      output === 'json'
        ? JSON.stringify({ version, commit })
        : commit === undefined
          ? version
          : `${version} (${commit})`,
    );
  });

program
  .command('controller')
  .description('drive the resources of a cluster to their declared state')
  .addOption(
    option(
      '--kubeconfig <file>',
      'kubeconfig of the cluster (default: $KUBECONFIG, the pod’s own account, ~/.kube/config)',
      'DOKKERR_KUBECONFIG',
    ),
  )
  .addOption(option('--context <name>', 'context of the kubeconfig (default: its current one)', 'DOKKERR_CONTEXT'))
  .addOption(
    option('--namespaces <list>', 'namespaces to serve, with commas between (default: all)', 'DOKKERR_NAMESPACES'),
  )
  .addOption(
    option('--listen <address>', 'address of /healthz, /readyz and /metrics (default: :8080)', 'DOKKERR_LISTEN'),
  )
  .addOption(
    option('--concurrency <count>', 'objects of one kind worked on at once (default: 10)', 'DOKKERR_CONCURRENCY'),
  )
  .addOption(
    option(
      '--leader-elect [true|false]',
      'act only while holding the lease (default: true in a pod, false elsewhere)',
      'DOKKERR_LEADER_ELECT',
    ),
  )
  .addOption(
    option('--lease-namespace <name>', 'where the lease is (default: the operator’s own)', 'DOKKERR_LEASE_NAMESPACE'),
  )
  .addOption(option('--lease-name <name>', 'its name (default: dokkerr-leader)', 'DOKKERR_LEASE_NAME'))
  .addOption(
    option(
      '--lease-duration <time>',
      'how long others respect a lease that is not renewed (default: 15s)',
      'DOKKERR_LEASE_DURATION',
    ),
  )
  .addOption(
    option(
      '--lease-renew-deadline <time>',
      'how long the leader acts without having renewed (default: 10s)',
      'DOKKERR_LEASE_RENEW_DEADLINE',
    ),
  )
  .addOption(
    option('--lease-retry-period <time>', 'time between two renewals (default: 2s)', 'DOKKERR_LEASE_RETRY_PERIOD'),
  )
  .addOption(
    option(
      '--webhook-listen <address>',
      'serve admission there: :9443 (default: not at all)',
      'DOKKERR_WEBHOOK_LISTEN',
    ),
  )
  .addOption(
    option('--webhook-service <name>', 'Service before it (default: dokkerr-webhook)', 'DOKKERR_WEBHOOK_SERVICE'),
  )
  .addOption(
    option(
      '--webhook-secret <name>',
      'Secret of its certificates (default: dokkerr-webhook-certificate)',
      'DOKKERR_WEBHOOK_SECRET',
    ),
  )
  .addOption(
    option(
      '--webhook-configuration <name>',
      'ValidatingWebhookConfiguration whose caBundle is kept (default: dokkerr)',
      'DOKKERR_WEBHOOK_CONFIGURATION',
    ),
  )
  .addOption(
    option(
      '--webhook-cert-dir <folder>',
      'folder with tls.crt and tls.key of somebody else’s making (default: made here)',
      'DOKKERR_WEBHOOK_CERT_DIR',
    ),
  )
  .addOption(
    option(
      '--stop-timeout <time>',
      'how long a stop may take; keep it below the pod’s grace period (default: 20s)',
      'DOKKERR_STOP_TIMEOUT',
    ),
  )
  .addOption(option('--log-level <level>', 'debug, info, warn or error (default: info)', 'DOKKERR_LOG_LEVEL'))
  .addOption(
    option('--log-format <format>', 'json, text, or auto for text on a terminal (default: auto)', 'DOKKERR_LOG_FORMAT'),
  )
  .addHelpText(
    'after',
    `
Exit codes:
  ${exitCodes.ok}  stopped as asked
  ${exitCodes.failure}  an unexpected error
  ${exitCodes.unusable}  the configuration, the cluster or a permission is not as it has to be; the last line says what to do
  ${exitCodes.late}  stopped as asked, but not within --stop-timeout
  ${exitCodes.leaseLost}  lost the lease: another process may lead`,
  )
  .action(async (flags: Record<string, unknown>) => {
    const config = configOrExit(flags);
    const log = await createLogger({ level: config.logLevel, format: config.logFormat });
    const { runController } = await import('./roles/controller.ts');
    process.exitCode = await runProcess(log, (signal) => runController(config, log, signal));
    // Whatever still hangs on the event loop must not keep a process alive that others have replaced.
    if (process.exitCode === exitCodes.leaseLost) process.exit();
  });

function option(flags: string, description: string, variable: string) {
  return program.createOption(flags, description).env(variable);
}

/** A configuration that is wrong ends the process before anything was started. */
function configOrExit(flags: Readonly<Record<string, unknown>>): ControllerConfig {
  try {
    return parseConfig(controllerConfig, flags);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(message: string): never {
  console.error(`dokkerr: ${message}`);
  process.exit(exitCodes.unusable);
}

await program.parseAsync();
