/** The chart's alerts and dashboard as Helm renders them, and what their queries name. */
import type { KubernetesObject } from '#runtime/client/types.ts';
import { only, render } from './release.ts';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Alert[];
}

export interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

export interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

type PrometheusRule = KubernetesObject & { readonly spec: { readonly groups: readonly RuleGroup[] } };
type ConfigMap = KubernetesObject & { readonly data: Readonly<Record<string, string>> };

/** As a file of rules has them. */
export async function ruleGroups(values: object = {}): Promise<readonly RuleGroup[]> {
  const objects = await render({ prometheusRule: { enabled: true }, ...values });
  return only<PrometheusRule>(objects, 'PrometheusRule').spec.groups;
}

export async function renderedAlerts(values: object = {}): Promise<readonly Alert[]> {
  return (await ruleGroups(values)).flatMap(({ rules }) => rules);
}

export async function renderedDashboard(): Promise<Dashboard> {
  const objects = await render({ grafanaDashboard: { enabled: true } });
  const { data } = only<ConfigMap>(objects, 'ConfigMap');
  return JSON.parse(data['dokkerr.json'] ?? '') as Dashboard;
}

/** Every metric of these queries has a selector behind its name. */
export function metricsIn(expr: string): string[] {
  return [...expr.matchAll(/([a-z_][a-z0-9_]*)\{/g)].map(([, name = '']) => name);
}
