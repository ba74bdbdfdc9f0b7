/** Which schedule a Backup or a Restore counts for. */

/**
 * On Backups and on Restores: the BackupSchedule that made them, or in whose name they were begun. Backups are not owned
 * by it, for they outlive it; its drills are.
 */
export const scheduleLabel = 'dokkerr.io/schedule';
