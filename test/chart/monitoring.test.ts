import { readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Alert, metricsIn, renderedAlerts, renderedDashboard } from './monitoring.ts';
import { only, render } from './release.ts';

describe('alerts', () => {
  let alerts: readonly Alert[];
  beforeAll(async () => {
    alerts = await renderedAlerts();
  });

  test('query only what this installation says', () => {
    for (const { alert, expr } of alerts) {
      const metrics = metricsIn(expr);
      expect(metrics, alert).not.toEqual([]);
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

test('the dashboard is found by the label Grafana looks for', async () => {
  const objects = await render({ grafanaDashboard: { enabled: true } });
  expect(only(objects, 'ConfigMap').metadata.labels).toMatchObject({ grafana_dashboard: '1' });
  expect((await renderedDashboard()).panels.length).toBeGreaterThan(10);
});
