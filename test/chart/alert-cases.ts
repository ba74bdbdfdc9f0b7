/** For each alert, what Prometheus would have scraped when it has to fire and when it must not. */

export interface Case {
  readonly alert: string;
  /** the sentence it proves */
  readonly name: string;
  /** samples a minute apart, by series, in promtool's notation: `0+2x30` rises by two for thirty minutes */
  readonly series: Readonly<Record<string, string>>;
  /** minutes after the first sample */
  readonly after: number;
  /** absent: it must be silent */
  readonly fires?: {
    /** labels besides those of the rule */
    readonly labels?: Readonly<Record<string, string>>;
    /** how its description says the value */
    readonly value?: string;
  };
}

const labelsOf = (pod: string, more: string) => `{namespace="dokkerr-system",pod="${pod}"${more && `,${more}`}}`;
/** A series of one of the operator's two pods, under names a Deployment gives. */
const first = (metric: string, labels = '') => metric + labelsOf('dokkerr-6d5f8b7c9b-x2x4z', labels);
const second = (metric: string, labels = '') => metric + labelsOf('dokkerr-6d5f8b7c9b-q7wlm', labels);
/** Of somebody else in the same namespace. */
const foreign = (metric: string, labels = '') => metric + labelsOf('redis-0', labels);

const container = 'controller="container"';
const ofContainer = { controller: 'container' };
const path = 'webhook="/validate/containers"';

/** The three ways in which reviews fail, each rising by one a minute where it is named. */
const reviews = (rising: 'errors' | 'unchecked' | 'handshakes' | undefined) => ({
  [first('controller_runtime_webhook_requests_total', `${path},code="200"`)]: '0+50x40',
  [first('controller_runtime_webhook_requests_total', `${path},code="500"`)]: rising === 'errors' ? '0+1x40' : '0x40',
  [first('dokkerr_webhook_unchecked_rules_total', `${path},rule="quota"`)]: rising === 'unchecked' ? '0+1x40' : '0x40',
  [first('dokkerr_webhook_handshake_failures_total')]: rising === 'handshakes' ? '0+1x40' : '0x40',
});

const ofStore = 'resource_namespace="shop",store="offsite"';
const crashing = 'resource_namespace="shop",container="web",cause="CrashLoop"';
const ofSchedule = 'resource_namespace="shop",schedule="nightly"';

const ofMigration = 'resource_namespace="shop",migration="faster"';
const labelsOfMigration = { resource_namespace: 'shop', migration: 'faster' };

const day = 86_400;
const expiry = 'dokkerr_webhook_certificate_expiry_timestamp_seconds';

export const cases: readonly Case[] = [
  {
    alert: 'DokkerrDown',
    name: 'fires when no pod answers',
    series: { [first('up')]: '1x5 0x20', [second('up')]: '0x25', [foreign('up')]: '1x25' },
    after: 15,
    fires: {},
  },
  {
    alert: 'DokkerrDown',
    name: 'fires when there is no pod at all',
    series: { [foreign('up')]: '1x25' },
    after: 10,
    fires: {},
  },
  {
    alert: 'DokkerrDown',
    name: 'is silent while one of two answers',
    series: { [first('up')]: '1x25', [second('up')]: '0x25' },
    after: 20,
  },
  {
    alert: 'DokkerrNoLeader',
    name: 'fires when all stand by',
    series: { [first('leader_election_master_status')]: '0x9', [second('leader_election_master_status')]: '0x9' },
    after: 5,
    fires: {},
  },
  {
    alert: 'DokkerrNoLeader',
    name: 'is silent while leadership passes from one to the other',
    series: {
      [first('leader_election_master_status')]: '1x5 0x9',
      [second('leader_election_master_status')]: '0x6 1x9',
    },
    after: 10,
  },
  {
    alert: 'DokkerrReconcileErrors',
    name: 'fires when half of the passes fail',
    series: {
      [first('controller_runtime_reconcile_errors_total', container)]: '0+1x40',
      [first('controller_runtime_reconcile_total', `${container},result="error"`)]: '0+1x40',
      [first('controller_runtime_reconcile_total', `${container},result="success"`)]: '0+1x40',
    },
    after: 40,
    fires: { labels: ofContainer, value: '50%' },
  },
  {
    alert: 'DokkerrReconcileErrors',
    name: 'is silent when one of twenty fails',
    series: {
      [first('controller_runtime_reconcile_errors_total', container)]: '0+1x40',
      [first('controller_runtime_reconcile_total', `${container},result="success"`)]: '0+20x40',
    },
    after: 40,
  },
  {
    alert: 'DokkerrTerminalErrors',
    name: 'fires for one object',
    series: { [first('controller_runtime_terminal_reconcile_errors_total', container)]: '0x5 1x20' },
    after: 10,
    fires: { labels: ofContainer },
  },
  {
    alert: 'DokkerrTerminalErrors',
    name: 'is silent about what failed long ago',
    series: { [first('controller_runtime_terminal_reconcile_errors_total', container)]: '3x60' },
    after: 50,
  },
  {
    alert: 'DokkerrObjectStuck',
    name: 'fires when a pass takes minutes and goes on',
    series: { [first('workqueue_longest_running_processor_seconds', container)]: '400x20' },
    after: 10,
    fires: { labels: ofContainer, value: '6m 40s' },
  },
  {
    alert: 'DokkerrObjectStuck',
    name: 'is silent about passes that end',
    series: { [first('workqueue_longest_running_processor_seconds', container)]: '299 0 299 0 299 0 299 0 299 0 299' },
    after: 10,
  },
  {
    alert: 'DokkerrQueueSlow',
    name: 'fires when a fifth waits longer than the last bucket',
    series: {
      [first('workqueue_queue_duration_seconds_bucket', `${container},le="10.0"`)]: '0+8x40',
      [first('workqueue_queue_duration_seconds_count', container)]: '0+10x40',
    },
    after: 40,
    fires: { labels: ofContainer, value: '20%' },
  },
  {
    alert: 'DokkerrQueueSlow',
    name: 'is silent when nobody waits long, however the bucket’s bound is written',
    series: {
      [first('workqueue_queue_duration_seconds_bucket', `${container},le="10"`)]: '0+10x40',
      [first('workqueue_queue_duration_seconds_count', container)]: '0+10x40',
    },
    after: 40,
  },
  {
    alert: 'DokkerrWatchBehind',
    name: 'fires when writes come back late again and again',
    series: { [first('dokkerr_stale_reads_total', container)]: '0+1x40' },
    after: 30,
    fires: { labels: ofContainer, value: '10' },
  },
  {
    alert: 'DokkerrWatchBehind',
    name: 'is silent about one late write',
    series: { [first('dokkerr_stale_reads_total', container)]: '0x10 1x30' },
    after: 15,
  },
  {
    alert: 'DokkerrRequestsFailing',
    name: 'fires when one of ten is not served',
    series: {
      [first('rest_client_requests_total', 'method="get",code="200"')]: '0+18x40',
      [first('rest_client_requests_total', 'method="get",code="503"')]: '0+1x40',
      [first('rest_client_requests_total', 'method="list",code="429"')]: '0+1x40',
    },
    after: 30,
    fires: { value: '10%' },
  },
  {
    alert: 'DokkerrRequestsFailing',
    name: 'is silent about conflicts and about objects that are not there',
    series: {
      [first('rest_client_requests_total', 'method="get",code="404"')]: '0+9x40',
      [first('rest_client_requests_total', 'method="patch",code="409"')]: '0+9x40',
    },
    after: 30,
  },
  {
    alert: 'DokkerrForbidden',
    name: 'fires when requests are refused',
    series: { [first('rest_client_requests_total', 'method="create",code="403"')]: '0x5 0+1x20' },
    after: 20,
    fires: { labels: { method: 'create' } },
  },
  {
    alert: 'DokkerrForbidden',
    name: 'is silent about what was refused before somebody granted it',
    series: { [first('rest_client_requests_total', 'method="create",code="403"')]: '7x60' },
    after: 50,
  },
  {
    alert: 'DokkerrObjectsSkipped',
    name: 'fires for one object',
    series: { [first('dokkerr_malformed_objects_total', 'kind="Pod"')]: '0x5 1x20' },
    after: 10,
    fires: { labels: { kind: 'Pod' } },
  },
  {
    alert: 'DokkerrObjectsSkipped',
    name: 'is silent while every object can be read',
    series: { [first('dokkerr_malformed_objects_total', 'kind="Pod"')]: '0x30' },
    after: 25,
  },
  ...(['errors', 'unchecked', 'handshakes'] as const).map((rising) => ({
    alert: 'DokkerrWebhookFailing',
    name: `fires when ${rising} rise`,
    series: reviews(rising),
    after: 30,
    fires: { value: '10' },
  })),
  {
    alert: 'DokkerrWebhookFailing',
    name: 'is silent while reviews are answered',
    series: reviews(undefined),
    after: 30,
  },
  {
    alert: 'DokkerrWebhookFailing',
    name: 'is silent where admission is not served',
    series: { [first('up')]: '1x40' },
    after: 30,
  },
  {
    alert: 'DokkerrCertificateExpiring',
    name: 'fires for the pod that was not given a new one',
    series: { [first(expiry)]: `${3 * day}x40`, [second(expiry)]: `${30 * day}x40` },
    after: 30,
    fires: { labels: { pod: 'dokkerr-6d5f8b7c9b-x2x4z' }, value: '2d 23h 30m 0s' },
  },
  {
    alert: 'DokkerrCertificateExpiring',
    name: 'is silent while it is renewed in time, and before there is one',
    series: { [first(expiry)]: `${8 * day}x40`, [second(expiry)]: '0x40' },
    after: 30,
  },
  {
    alert: 'DokkerrRecoveryGaveUp',
    name: 'fires once for each Container that is given up, however many replicas tell',
    series: {
      [first('dokkerr_container_unrecovered', crashing)]: '_x5 1x10',
      [second('dokkerr_container_unrecovered', crashing)]: '_x5 1x10',
    },
    after: 8,
    fires: { labels: { resource_namespace: 'shop', container: 'web', cause: 'CrashLoop' } },
  },
  {
    alert: 'DokkerrRecoveryGaveUp',
    name: 'is silent about those that run or are being recovered',
    series: { [first('dokkerr_containers', 'resource_namespace="shop",phase="Degraded"')]: '1x10' },
    after: 8,
  },
  {
    alert: 'DokkerrBackupStoreNotReady',
    name: 'fires when no replica has seen the store Ready for a quarter of an hour',
    series: {
      [first('dokkerr_backup_store_ready', ofStore)]: '1x5 0x30',
      [second('dokkerr_backup_store_ready', ofStore)]: '1x5 0x30',
    },
    after: 25,
    fires: { labels: { resource_namespace: 'shop', store: 'offsite' } },
  },
  {
    alert: 'DokkerrBackupStoreNotReady',
    name: 'is silent while a replica that lags behind says otherwise',
    series: {
      [first('dokkerr_backup_store_ready', ofStore)]: '0x35',
      [second('dokkerr_backup_store_ready', ofStore)]: '1x35',
    },
    after: 25,
  },
  {
    alert: 'DokkerrRepositoryDamaged',
    name: 'fires once a check has found damage',
    series: { [first('dokkerr_backup_store_healthy', ofStore)]: '1x5 0x10' },
    after: 8,
    fires: { labels: { resource_namespace: 'shop', store: 'offsite' } },
  },
  {
    alert: 'DokkerrRepositoryDamaged',
    name: 'is silent before the first check, and after one that found nothing',
    series: { [first('dokkerr_backup_store_healthy', ofStore)]: '_x5 1x10' },
    after: 12,
  },
  {
    alert: 'DokkerrMaintenanceFailing',
    name: 'fires after a day without success',
    series: { [first('dokkerr_backup_store_maintained', ofStore)]: '1x5 0x1500' },
    after: 1460,
    fires: { labels: { resource_namespace: 'shop', store: 'offsite' } },
  },
  {
    alert: 'DokkerrMaintenanceFailing',
    name: 'is silent while a failure is younger than that',
    series: { [first('dokkerr_backup_store_maintained', ofStore)]: '1x5 0x1500' },
    after: 1400,
  },
  {
    alert: 'DokkerrBackupFailing',
    name: 'fires at the second failure in a row',
    series: { [first('dokkerr_backup_schedule_consecutive_failures', ofSchedule)]: '0 1 2x10' },
    after: 5,
    fires: { labels: { resource_namespace: 'shop', schedule: 'nightly' }, value: '2' },
  },
  {
    alert: 'DokkerrBackupFailing',
    name: 'is silent at one failure',
    series: { [first('dokkerr_backup_schedule_consecutive_failures', ofSchedule)]: '0 1x10' },
    after: 5,
  },
  {
    alert: 'DokkerrBackupUnproven',
    name: 'fires at the first drill that failed',
    series: { [first('dokkerr_backup_schedule_consecutive_drill_failures', ofSchedule)]: '0 1x10' },
    after: 5,
    fires: { labels: { resource_namespace: 'shop', schedule: 'nightly' }, value: '1' },
  },
  {
    alert: 'DokkerrBackupUnproven',
    name: 'is silent while drills succeed, and for a schedule without any',
    series: {
      [first('dokkerr_backup_schedule_consecutive_drill_failures', ofSchedule)]: '0x10',
      [first('dokkerr_backup_schedule_consecutive_failures', ofSchedule)]: '1x10',
    },
    after: 5,
  },
  {
    alert: 'DokkerrDrillOverdue',
    name: 'fires an hour after the slot',
    series: { [first('dokkerr_backup_schedule_next_drill_timestamp_seconds', ofSchedule)]: '600x100' },
    after: 80,
    fires: { labels: { resource_namespace: 'shop', schedule: 'nightly' }, value: '1h 10m 0s' },
  },
  {
    alert: 'DokkerrDrillOverdue',
    name: 'is silent while the slot is ahead or only just passed',
    series: { [first('dokkerr_backup_schedule_next_drill_timestamp_seconds', ofSchedule)]: '600x100' },
    after: 60,
  },
  {
    alert: 'DokkerrBackupOverdue',
    name: 'fires an hour after the slot',
    series: { [first('dokkerr_backup_schedule_next_timestamp_seconds', ofSchedule)]: '600x100' },
    after: 80,
    fires: { labels: { resource_namespace: 'shop', schedule: 'nightly' }, value: '1h 10m 0s' },
  },
  {
    alert: 'DokkerrBackupOverdue',
    name: 'is silent while the slot is ahead or only just passed',
    series: { [first('dokkerr_backup_schedule_next_timestamp_seconds', ofSchedule)]: '600x100' },
    after: 60,
  },
  {
    alert: 'DokkerrMigrationRollbackFailed',
    name: 'fires at once, once for each, however many replicas tell',
    series: {
      [first('dokkerr_migration_failed', `${ofMigration},end="RollbackFailed"`)]: '_x5 1x10',
      [second('dokkerr_migration_failed', `${ofMigration},end="RollbackFailed"`)]: '_x5 1x10',
    },
    after: 6,
    fires: { labels: labelsOfMigration },
  },
  {
    alert: 'DokkerrMigrationRollbackFailed',
    name: 'is silent about a way back that was walked to its end',
    series: { [first('dokkerr_migration_failed', `${ofMigration},end="RolledBack"`)]: '1x10' },
    after: 6,
  },
  {
    alert: 'DokkerrMigrationFailed',
    name: 'fires for one that was undone, and says so',
    series: { [first('dokkerr_migration_failed', `${ofMigration},end="RolledBack"`)]: '_x5 1x10' },
    after: 8,
    fires: { labels: { ...labelsOfMigration, end: 'RolledBack' } },
  },
  {
    alert: 'DokkerrMigrationFailed',
    name: 'is silent about those that completed or go on, and leaves a failed way back to its own alert',
    series: {
      [first('dokkerr_migrations', 'resource_namespace="shop",phase="Completed"')]: '2x10',
      [first('dokkerr_migration_failed', `${ofMigration},end="RollbackFailed"`)]: '1x10',
    },
    after: 8,
  },
  {
    alert: 'DokkerrMigrationDowntime',
    name: 'fires when the application has been stopped for half an hour',
    series: { [first('dokkerr_migration_stopped_timestamp_seconds', ofMigration)]: '600x60' },
    after: 45,
    fires: { labels: labelsOfMigration, value: '35m 0s' },
  },
  {
    alert: 'DokkerrMigrationDowntime',
    name: 'is silent before that, and once the application runs again',
    series: { [first('dokkerr_migration_stopped_timestamp_seconds', ofMigration)]: '600x35 _x60' },
    after: 60,
  },
  {
    alert: 'DokkerrMigrationAwaitingApproval',
    name: 'fires after a day',
    series: { [first('dokkerr_migration_awaiting_approval_timestamp_seconds', ofMigration)]: '0x1500' },
    after: 1450,
    fires: { labels: labelsOfMigration, value: '1d 0h 10m 0s' },
  },
  {
    alert: 'DokkerrMigrationAwaitingApproval',
    name: 'is silent until then, and once somebody has approved',
    series: { [first('dokkerr_migration_awaiting_approval_timestamp_seconds', ofMigration)]: '0x1430 _x60' },
    after: 1460,
  },
  {
    alert: 'DokkerrMigrationStuck',
    name: 'fires when one step has taken six hours, and says which',
    series: { [first('dokkerr_migration_step_timestamp_seconds', `${ofMigration},step="Load"`)]: '0x400' },
    after: 370,
    fires: { labels: { ...labelsOfMigration, step: 'Load' }, value: '6h 10m 0s' },
  },
  {
    alert: 'DokkerrMigrationStuck',
    name: 'is silent while steps follow each other, and while it waits for a person',
    series: {
      [first('dokkerr_migration_step_timestamp_seconds', `${ofMigration},step="Load"`)]: '0x300 _x100',
      [first('dokkerr_migration_step_timestamp_seconds', `${ofMigration},step="Quiesce"`)]: '_x300 18000x100',
      [first('dokkerr_migration_awaiting_approval_timestamp_seconds', ofMigration)]: '0x400',
    },
    after: 390,
  },
];
