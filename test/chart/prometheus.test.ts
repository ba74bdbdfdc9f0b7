/** The queries of alerts and dashboard, asked of a real Prometheus that scrapes a real operator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { waitUntil } from '#cluster/wait.ts';
import { installKinds } from '#test/operator/install.ts';
import { type OperatorProcess, startOperator } from '#test/operator/process.ts';
import { type Alert, type Dashboard, metricsIn, renderedAlerts, renderedDashboard } from './monitoring.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

/** As a monitor of the chart labels what it scrapes, for the release `render` makes. */
const labels = { namespace: 'dokkerr-system', pod: 'dokkerr-6d5f8b7c9b-x2x4z' };

let controlPlane: ControlPlane;
let operator: OperatorProcess;
let prometheus: Prometheus;
let alerts: readonly Alert[];
let dashboard: Dashboard;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  const { kubeconfigPath } = controlPlane;
  const kubectl = await createKubectl(kubeconfigPath);
  await installKinds(kubectl);
  const allocatable = { cpu: '8', memory: '16Gi', pods: '100' };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'roomy' }, status: { allocatable } };
  await kubectl(['create', '--filename', '-'], JSON.stringify(node));
  operator = await startOperator({ kubeconfigPath, args: ['--leader-elect', '--webhook-listen', '127.0.0.1:0'] });
  prometheus = await startPrometheus({ address: new URL(operator.url).host, labels });
  await kubectl(['apply', '--server-side', '--filename', 'examples/container-stateless.yaml']);
  await kubectl(['apply', '--server-side', '--filename', 'examples/backup-schedule.yaml']);
  const backup = { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Backup', metadata: { name: 'waiting' } };
  await kubectl(
    ['create', '--filename', '-'],
    JSON.stringify({ ...backup, spec: { containerRef: { name: 'notes' } } }),
  );
  // Of a Container that is not there: planned once it is.
  const migration = { ...backup, kind: 'Migration' };
  const spec = { source: { containerRef: { name: 'absent' } }, target: { storageClassName: 'fast' } };
  await kubectl(['create', '--filename', '-'], JSON.stringify({ ...migration, spec }));
  alerts = await renderedAlerts();
  dashboard = await renderedDashboard();
  const scrapes = async () => {
    const { samples } = await prometheus.query('sum_over_time(up[5m]) and on() sum(dokkerr_step_seconds_count) > 0');
    return Number(samples[0]?.value[1] ?? 0);
  };
  await waitUntil('a rate to be known of everything', async () => (await scrapes()) >= 5, { timeoutMs: 60_000 });
});
afterAll(async () => {
  await prometheus[Symbol.asyncDispose]();
  await operator.stop();
  await controlPlane.down();
});

/** As Grafana fills in what the dashboard leaves open. */
function filledIn(expr: string): string {
  return expr.replaceAll('$namespace', labels.namespace).replaceAll('$pod', '.+').replaceAll('$__rate_interval', '1m');
}

/** As `/metrics` names it: what Prometheus makes of a histogram goes by three names. */
function declaredName(metric: string, declared: ReadonlySet<string>): string {
  const base = metric.replace(/_(bucket|sum|count)$/, '');
  return declared.has(base) ? base : metric;
}

async function expectKnown(expr: string, where: string): Promise<void> {
  const declared = new Set([...(await prometheus.metrics()), 'up']);
  const metrics = metricsIn(expr);
  expect(metrics, where).not.toEqual([]);
  for (const metric of metrics) expect(declared, where).toContain(declaredName(metric, declared));
}

describe('the dashboard', () => {
  /** Empty as long as there is nothing to tell: here nothing is applied needlessly, no object store answers, no drill has passed, nothing was switched over. */
  const mayBeEmpty = new Set([
    'needless applies {{controller}}',
    '{{resource_namespace}}/{{store}}',
    '{{resource_namespace}}/{{container}}',
    '{{resource_namespace}}/{{schedule}}',
    '{{resource_namespace}}/{{migration}}',
  ]);

  test('has a query for everything it shows that Prometheus answers without a remark, with data', async () => {
    for (const { title, targets } of dashboard.panels)
      for (const { expr, legendFormat } of targets) {
        const where = `${title}: ${legendFormat}`;
        await expectKnown(expr, where);
        const { samples, remarks } = await prometheus.query(filledIn(expr));
        expect(remarks, where).toEqual([]);
        if (!mayBeEmpty.has(legendFormat) && !expr.includes('code!=')) expect(samples, where).not.toEqual([]);
      }
  });

  test('names series by labels they have', async () => {
    for (const { title, targets } of dashboard.panels)
      for (const { expr, legendFormat } of targets) {
        const { samples } = await prometheus.query(filledIn(expr));
        const wanted = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        for (const { metric } of samples)
          for (const label of wanted) expect(Object.keys(metric), `${title}: ${legendFormat}`).toContain(label);
      }
  });

  test('finds its variables', async () => {
    const queries = dashboard.templating.list.map(({ query }) => query);
    const asked = queries.flatMap((query) => /^label_values\((\w+)/.exec(query)?.[1] ?? []);
    expect(asked.length).toBeGreaterThan(0);
    for (const metric of asked) expect((await prometheus.query(metric)).samples).not.toEqual([]);
  });
});

test('every alert asks for metrics there are, is answered without a remark, and is silent about an operator that is well', async () => {
  for (const { alert, expr } of alerts) {
    await expectKnown(expr, alert);
    const { samples, remarks } = await prometheus.query(expr);
    expect(remarks, alert).toEqual([]);
    expect(samples, alert).toEqual([]);
  }
});
