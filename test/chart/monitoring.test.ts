import { readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { leaderGauge } from '#runtime/manager/lease/gauge.ts';
import { createMetrics } from '#runtime/metrics/metrics.ts';
import { identity } from '#src/identity.ts';
import { createWebhookMetrics } from '#webhooks/metrics.ts';
import { validatingWebhooks } from '#webhooks/webhooks.ts';
import { type Alert, metricsIn, renderedAlerts, renderedDashboard } from './monitoring.ts';
import { only, render } from './release.ts';

/** What Prometheus itself records of every target. */
const synthetic = ['up'];

/** Names under which the operator's metrics can be queried. */
async function queryable(): Promise<Set<string>> {
  const { registry } = createMetrics(identity.name);
  leaderGauge(registry, 'any');
  createWebhookMetrics(registry, identity.name, validatingWebhooks);
  const metrics = await registry.getMetricsAsJSON();
  return new Set([
    ...synthetic,
    ...metrics.flatMap(({ name, type }) =>
      // prom-client says the type by name, its types by number.
      String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  ]);
}

describe('alerts', () => {
  let alerts: readonly Alert[];
  beforeAll(async () => {
    alerts = await renderedAlerts();
  });

  test('query only metrics the operator has, and only those of this installation', async () => {
    const known = await queryable();
    for (const { alert, expr } of alerts) {
      const metrics = metricsIn(expr);
      expect(metrics, alert).not.toEqual([]);
      for (const metric of metrics) expect(known, alert).toContain(metric);
      expect(expr.split('{namespace="dokkerr-system",pod=~"dokkerr-[a-z0-9]+-[a-z0-9]{5}"'), alert).toHaveLength(
        metrics.length + 1,
      );
    }
  });

  test('each has a severity, a summary and a page that says what to do; no page is of no alert', async () => {
    const pages = (await readdir('docs/runbooks')).filter((page) => page.startsWith('Dokkerr'));
    expect(alerts.map(({ alert }) => `${alert}.md`).toSorted()).toEqual(pages.toSorted());
    for (const { alert, labels, annotations } of alerts) {
      expect(['critical', 'warning', 'info']).toContain(labels.severity);
      expect(annotations.summary).toBeTruthy();
      expect(annotations.runbook_url).toBe(`https://dokkerr.io/docs/runbooks/${alert}.md`);
    }
  });

  test('keep their templates for Prometheus, and nothing of the chart’s', () => {
    const text = JSON.stringify(alerts);
    expect(text).toContain('{{ $labels.controller }}');
    expect(text).not.toContain('@');
  });

  test('get the labels for routing, and lose no severity by them', async () => {
    const [first] = await renderedAlerts({ prometheusRule: { enabled: true, alertLabels: { team: 'platform' } } });
    expect(first?.labels).toEqual({ severity: 'critical', team: 'platform' });
  });

  test('miss no leader where nobody is elected', async () => {
    const without = await renderedAlerts({ replicas: 1, leaderElection: { enabled: false } });
    expect(without.map(({ alert }) => alert)).not.toContain('DokkerrNoLeader');
    expect(without).toHaveLength(alerts.length - 1);
  });
});

test('the dashboard queries only metrics the operator has', async () => {
  const objects = await render({ grafanaDashboard: { enabled: true } });
  expect(only(objects, 'ConfigMap').metadata.labels).toMatchObject({ grafana_dashboard: '1' });
  const { panels } = await renderedDashboard();
  expect(panels.length).toBeGreaterThan(10);
  const known = await queryable();
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      const metrics = metricsIn(expr);
      expect(metrics, title).not.toEqual([]);
      for (const metric of metrics) expect(known, title).toContain(metric);
    }
});
