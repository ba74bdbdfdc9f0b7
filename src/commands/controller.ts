/** `dokkerr controller`: the operator itself. */
import { createLogger } from '#runtime/logging.ts';
import { exitCodes, runProcess } from '#runtime/manager/process.ts';
import { controllerConfig, controllerOptions } from '../config.ts';
import { defineCommand, exitCodeNotes } from './command.ts';

export const controllerCommand = defineCommand({
  name: 'controller',
  options: controllerOptions,
  schema: controllerConfig,
  notes: `${exitCodeNotes}
  ${exitCodes.leaseLost}  lost the lease: another process may lead`,
  async run(config) {
    const log = await createLogger({ level: config.logLevel, format: config.logFormat });
    const { runController } = await import('../roles/controller.ts');
    process.exitCode = await runProcess(log, (signal) => runController(config, log, signal));
    // Whatever still hangs on the event loop must not keep a process alive that others have replaced.
    if (process.exitCode === exitCodes.leaseLost) process.exit();
  },
});
