/** The tree of people's commands. It loads no schema and no connection, so that help and completion come at once. */
import { Command } from 'commander';
import { createBackupCommand } from './backup/create.ts';
import { deleteBackupCommand } from './backup/delete.ts';
import { containerStatusCommand } from './container/status.ts';
import { listCommand } from './list.ts';
import { approveMigrationCommand } from './migration/approve.ts';
import { planMigrationCommand } from './migration/plan.ts';
import { rollbackMigrationCommand } from './migration/rollback.ts';
import { startMigrationCommand } from './migration/start.ts';
import { watchMigrationCommand } from './migration/watch.ts';
import { createRestoreCommand } from './restore/create.ts';
import { cancelCommand } from './run/cancel.ts';
import { logsCommand } from './run/logs.ts';
import { showRunCommand } from './run/show.ts';
import { runScheduleCommand } from './schedule/run.ts';
import { allowDeletionCommand } from './store/allow-deletion.ts';
import { maintainCommand } from './store/maintain.ts';
import { rotateKeyCommand } from './store/rotate-key.ts';
import { showStoreCommand } from './store/show.ts';
import { suspendCommand } from './suspend.ts';

/** One group a kind. */
export function peopleCommands(): Command[] {
  return [
    group('backup', 'make Backups and look after them', [
      createBackupCommand(),
      listCommand('Backup', 'Backups'),
      showRunCommand('Backup'),
      logsCommand('Backup'),
      cancelCommand('Backup'),
      deleteBackupCommand(),
    ]),
    group('restore', 'bring Backups back', [
      createRestoreCommand(),
      listCommand('Restore', 'Restores'),
      showRunCommand('Restore'),
      logsCommand('Restore'),
      cancelCommand('Restore'),
    ]),
    group('migration', 'move volumes, with a way back', [
      planMigrationCommand(),
      startMigrationCommand(),
      watchMigrationCommand(),
      approveMigrationCommand(),
      rollbackMigrationCommand(),
      cancelCommand('Migration'),
      listCommand('Migration', 'Migrations'),
      showRunCommand('Migration'),
      logsCommand('Migration'),
    ]),
    group('store', 'look after BackupStores', [
      listCommand('BackupStore', 'BackupStores'),
      showStoreCommand(),
      maintainCommand('check'),
      maintainCommand('prune'),
      maintainCommand('sync'),
      rotateKeyCommand(),
      allowDeletionCommand(),
    ]),
    group('schedule', 'look after BackupSchedules', [
      listCommand('BackupSchedule', 'BackupSchedules'),
      runScheduleCommand(),
      suspendCommand('BackupSchedule', 'suspend'),
      suspendCommand('BackupSchedule', 'resume'),
    ]),
    group('container', 'look after Containers', [
      listCommand('Container', 'Containers'),
      containerStatusCommand(),
      suspendCommand('Container', 'suspend'),
      suspendCommand('Container', 'resume'),
    ]),
  ];
}

function group(name: string, description: string, commands: readonly Command[]): Command {
  const command = new Command(name).description(description);
  for (const one of commands) command.addCommand(one);
  return command;
}
