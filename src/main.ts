#!/usr/bin/env node
/** The command line: reads which role to play and what it is told, and turns its end into an exit code. */
import { Command } from 'commander';
import { createLogger } from '#runtime/logging.ts';
import { exitCodes, runProcess } from '#runtime/manager/process.ts';
import { type ControllerConfig, controllerConfig, parseConfig } from './config.ts';
import { version } from './identity.ts';

const program = new Command('dokkerr')
  .description('One Kubernetes operator for containers, proven backups, reversible migrations and releases.')
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'dokkerr: ')) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.unusable));

program
  .command('version')
  .description('print the version')
  .action(() => console.log(version));

program
  .command('controller')
  .description('drive the resources of a cluster to their declared state')
  .option(
    '--kubeconfig <file>',
    'kubeconfig of the cluster (default: $KUBECONFIG, the pod’s own account, ~/.kube/config)',
  )
  .option('--context <name>', 'context of the kubeconfig (default: its current one)')
  .addOption(
    option('--namespaces <list>', 'namespaces to serve, with commas between (default: all)', 'DOKKERR_NAMESPACES'),
  )
  .addOption(
    option('--listen <address>', 'address of /healthz, /readyz and /metrics (default: :8080)', 'DOKKERR_LISTEN'),
  )
  .addOption(
    option('--concurrency <count>', 'objects of one kind worked on at once (default: 10)', 'DOKKERR_CONCURRENCY'),
  )
  .addOption(option('--log-level <level>', 'debug, info, warn or error (default: info)', 'DOKKERR_LOG_LEVEL'))
  .addOption(
    option('--log-format <format>', 'json, text, or auto for text on a terminal (default: auto)', 'DOKKERR_LOG_FORMAT'),
  )
  .action(async (flags: Record<string, unknown>) => {
    const config = configOrExit(flags);
    const log = await createLogger({ level: config.logLevel, format: config.logFormat });
    const { runController } = await import('./roles/controller.ts');
    process.exitCode = await runProcess(log, (signal) => runController(config, log, signal));
  });

function option(flags: string, description: string, variable: string) {
  return program.createOption(flags, description).env(variable);
}

/** A configuration that is wrong ends the process before anything was started. */
function configOrExit(flags: Readonly<Record<string, unknown>>): ControllerConfig {
  try {
    return parseConfig(controllerConfig, flags);
  } catch (error) {
    console.error(`dokkerr: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(exitCodes.unusable);
  }
}

await program.parseAsync();
