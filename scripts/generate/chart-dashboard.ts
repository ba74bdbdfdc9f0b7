/** The Grafana dashboard of the operator, as data. Its queries name only metrics the operator has (test/chart/prometheus.test.ts). */

/** Grafana's grid is 24 wide; panels are laid out in rows of three. */
const [width, height, perRow] = [8, 8, 3];

type Unit = 'short' | 's' | 'ops' | 'bytes' | 'percentunit';

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  /** PromQL by legend */
  readonly queries: Readonly<Record<string, string>>;
}

const selector = 'namespace="$namespace",pod=~"$pod"';

function rate(metric: string, by: string, labels = ''): string {
  return `sum by (${by}) (rate(${metric}{${selector}${labels}}[$__rate_interval]))`;
}

function quantile(share: number, metric: string, by: string): string {
  return `histogram_quantile(${share}, ${rate(`${metric}_bucket`, `le, ${by}`)})`;
}

const panels: readonly Panel[] = [
  {
    title: 'Leader',
    description: '1 for the pod that acts, 0 for those that stand by.',
    unit: 'short',
    queries: { '{{pod}}': `leader_election_master_status{${selector}}` },
  },
  {
    title: 'Passes',
    description: 'Passes over objects, by how they ended.',
    unit: 'ops',
    queries: { '{{controller}} {{result}}': rate('controller_runtime_reconcile_total', 'controller, result') },
  },
  {
    title: 'Errors',
    description: 'Passes that failed, and those among them that no retry can cure.',
    unit: 'ops',
    queries: {
      '{{controller}}': rate('controller_runtime_reconcile_errors_total', 'controller'),
      '{{controller}} terminal': rate('controller_runtime_terminal_reconcile_errors_total', 'controller'),
    },
  },
  {
    title: 'Duration of a pass',
    description: 'From its start to its last write.',
    unit: 's',
    queries: {
      '{{controller}} median': quantile(0.5, 'controller_runtime_reconcile_time_seconds', 'controller'),
      '{{controller}} 99 %': quantile(0.99, 'controller_runtime_reconcile_time_seconds', 'controller'),
    },
  },
  {
    title: 'Queue',
    description: 'Objects that wait for a worker; low is the first list and the resync.',
    unit: 'short',
    queries: {
      '{{controller}} {{priority}}': `sum by (controller, priority) (workqueue_depth{${selector}})`,
    },
  },
  {
    title: 'Wait in the queue',
    description: 'How long an object waited once its turn could have come.',
    unit: 's',
    queries: { '{{controller}} 99 %': quantile(0.99, 'workqueue_queue_duration_seconds', 'controller') },
  },
  {
    title: 'Longest pass running',
    description: 'A line that only rises is a pass that hangs.',
    unit: 's',
    queries: {
      '{{controller}}': `max by (controller) (workqueue_longest_running_processor_seconds{${selector}})`,
    },
  },
  {
    title: 'Busy workers',
    description: 'Share of the workers that are working on an object.',
    unit: 'percentunit',
    queries: {
      '{{controller}}': `sum by (controller) (controller_runtime_active_workers{${selector}}) / sum by (controller) (controller_runtime_max_concurrent_reconciles{${selector}})`,
    },
  },
  {
    title: 'Steps',
    description: 'Mean duration of an entry into a step.',
    unit: 's',
    queries: {
      '{{kind}} {{step}}': `${rate('dokkerr_step_seconds_sum', 'kind, step')} / ${rate('dokkerr_step_seconds_count', 'kind, step')}`,
    },
  },
  {
    title: 'Requests to the API server',
    description: 'By status, or the word for why there was no answer.',
    unit: 'ops',
    queries: { '{{method}} {{code}}': rate('rest_client_requests_total', 'method, code') },
  },
  {
    title: 'Duration of a request',
    description: 'As the operator sees it, retries included.',
    unit: 's',
    queries: { '{{verb}} 99 %': quantile(0.99, 'rest_client_request_duration_seconds', 'verb') },
  },
  {
    title: 'Watches begun anew',
    description: 'By why the last one ended; the API server ends each in order every few minutes.',
    unit: 'ops',
    queries: { '{{kind}} {{cause}}': rate('dokkerr_watch_restarts_total', 'kind, cause') },
  },
  {
    title: 'Reviews',
    description: 'Admission requests, by what was answered.',
    unit: 'ops',
    queries: {
      '{{webhook}} {{result}}': rate('dokkerr_webhook_reviews_total', 'webhook, result'),
      '{{webhook}} {{code}}': rate('controller_runtime_webhook_requests_total', 'webhook, code', ',code!="200"'),
    },
  },
  {
    title: 'Duration of a review',
    description: 'API servers wait five seconds at most.',
    unit: 's',
    queries: { '{{webhook}} 99 %': quantile(0.99, 'controller_runtime_webhook_latency_seconds', 'webhook') },
  },
  {
    title: 'Webhook certificate',
    description: 'How long the one that is served is still valid.',
    unit: 's',
    queries: { '{{pod}}': `(dokkerr_webhook_certificate_expiry_timestamp_seconds{${selector}} > 0) - time()` },
  },
  {
    title: 'Should stay at 0',
    description: 'What was lost, skipped or done for nothing.',
    unit: 'ops',
    queries: {
      'objects skipped {{kind}}': rate('dokkerr_malformed_objects_total', 'kind'),
      'rules not checked {{rule}}': rate('dokkerr_webhook_unchecked_rules_total', 'rule'),
      'handshakes failed {{pod}}': rate('dokkerr_webhook_handshake_failures_total', 'pod'),
      'stale reads {{controller}}': rate('dokkerr_stale_reads_total', 'controller'),
      'needless applies {{controller}}': rate('dokkerr_needless_applies_total', 'controller'),
      'events dropped {{reason}}': rate('dokkerr_events_dropped_total', 'reason'),
    },
  },
  {
    title: 'Processor',
    description: 'Cores in use.',
    unit: 'short',
    queries: { '{{pod}}': rate('process_cpu_seconds_total', 'pod') },
  },
  {
    title: 'Memory',
    description: 'Resident memory; compare with the limit of the pod.',
    unit: 'bytes',
    queries: { '{{pod}}': `process_resident_memory_bytes{${selector}}` },
  },
  {
    title: 'Event loop',
    description: 'How late the process is for what it planned.',
    unit: 's',
    queries: { '{{pod}} 99 %': `nodejs_eventloop_lag_p99_seconds{${selector}}` },
  },
  {
    title: 'Containers',
    description: 'Containers there are, by phase, and those whose recovery waits for a person.',
    unit: 'short',
    queries: {
      '{{phase}}': `sum by (phase) (max by (resource_namespace, phase) (dokkerr_containers{${selector}}))`,
      '{{resource_namespace}}/{{container}}': `max by (resource_namespace, container) (dokkerr_container_unrecovered{${selector}})`,
    },
  },
  {
    title: 'Backup stores',
    description: '1 for each BackupStore that can be used, 0 for one that cannot.',
    unit: 'short',
    queries: {
      '{{resource_namespace}}/{{store}}': `max by (resource_namespace, store) (dokkerr_backup_store_ready{${selector}})`,
    },
  },
  {
    title: 'Backups',
    description: 'Backups there are, by phase.',
    unit: 'short',
    queries: { '{{phase}}': `sum by (phase) (max by (resource_namespace, phase) (dokkerr_backups{${selector}}))` },
  },
  {
    title: 'Age of the last backup',
    description: 'Since the latest backup of each Container completed.',
    unit: 's',
    queries: {
      '{{resource_namespace}}/{{container}}': `time() - max by (resource_namespace, container) (dokkerr_backup_last_success_timestamp_seconds{${selector}})`,
    },
  },
  {
    title: 'Age of the last proof',
    description: 'Since a drill of each schedule last restored a backup and found nothing wrong.',
    unit: 's',
    queries: {
      '{{resource_namespace}}/{{schedule}}': `time() - max by (resource_namespace, schedule) (dokkerr_backup_schedule_verified_timestamp_seconds{${selector}})`,
    },
  },
  {
    title: 'Migrations',
    description: 'Migrations there are, by phase.',
    unit: 'short',
    queries: {
      '{{phase}}': `sum by (phase) (max by (resource_namespace, phase) (dokkerr_migrations{${selector}}))`,
    },
  },
  {
    title: 'Downtime of migrations',
    description: 'How long each has stopped the application, or has by now.',
    unit: 's',
    queries: {
      '{{resource_namespace}}/{{migration}}': `max by (resource_namespace, migration) (dokkerr_migration_downtime_seconds{${selector}}) or time() - max by (resource_namespace, migration) (dokkerr_migration_stopped_timestamp_seconds{${selector}})`,
    },
  },
  {
    title: 'Volumes kept by migrations',
    description: 'Old volumes that are the way back still, and those that stay until somebody deletes them.',
    unit: 'short',
    queries: {
      '{{resource_namespace}}/{{migration}}': `max by (resource_namespace, migration) (dokkerr_migration_kept_volumes{${selector}})`,
    },
  },
];

const datasource = { type: 'prometheus', uid: '$datasource' };

function variable(name: string, label: string, metric: string, condition: string) {
  const query = `label_values(${metric}${condition}, ${name})`;
  return { name, label, type: 'query', datasource, query, refresh: 2, sort: 1 };
}

/** The operator's own, so that no other one on the cluster is offered. */
const found = 'dokkerr_events_dropped_total';

/** In Grafana's own format, for the sidecar that loads ConfigMaps. */
export const dashboard = {
  title: 'Dokkerr',
  uid: 'dokkerr-operator',
  tags: ['dokkerr', 'kubernetes'],
  schemaVersion: 39,
  editable: true,
  refresh: '30s',
  time: { from: 'now-3h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      variable('namespace', 'Namespace', found, ''),
      {
        ...variable('pod', 'Pod', found, '{namespace="$namespace"}'),
        multi: true,
        includeAll: true,
        allValue: '.+',
        current: { text: 'All', value: '$__all' },
      },
    ],
  },
  panels: panels.map(({ title, description, unit, queries }, index) => ({
    id: index + 1,
    type: 'timeseries',
    title,
    description,
    datasource,
    gridPos: { x: (index % perRow) * width, y: Math.floor(index / perRow) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(queries).map(([legendFormat, expr], target) => ({
      refId: String.fromCodePoint('A'.charCodeAt(0) + target),
      datasource,
      expr,
      legendFormat,
    })),
  })),
};
