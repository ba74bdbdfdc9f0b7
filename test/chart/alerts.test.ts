/** The alerts as Prometheus judges them: when each fires, what it says then, and when it is silent. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { run } from '#cluster/command.ts';
import { type Case, cases } from './alert-cases.ts';
import { type Alert, ruleGroups } from './monitoring.ts';

let folder: string;
let alerts: readonly Alert[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-alerts-'));
  const groups = await ruleGroups();
  alerts = groups.flatMap(({ rules }) => rules);
  await writeFile(join(folder, 'rules.yaml'), stringify({ groups }));
});
afterAll(() => rm(folder, { recursive: true }));

test('promtool has nothing to say against the rules', async () => {
  const said = await run(inject('promtool'), [
    'check',
    'rules',
    '--lint=all',
    '--lint-fatal',
    join(folder, 'rules.yaml'),
  ]);
  expect(said).toContain(`${alerts.length} rules found`);
});

/** The alert as it would reach a person: the rule's own labels and texts with what they are about filled in. */
function firing({ alert, fires }: Case): object[] {
  if (fires === undefined) return [];
  const rule = alerts.find((one) => one.alert === alert);
  if (rule === undefined) throw new Error(`the chart has no alert ${alert}`);
  const { labels = {}, value = '' } = fires;
  const filledIn = Object.entries(rule.annotations).map(([name, text]) => [
    name,
    text
      .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '')
      .replace(/\{\{ \$value \| \w+ \}\}/g, value),
  ]);
  return [{ exp_labels: { ...rule.labels, ...labels }, exp_annotations: Object.fromEntries(filledIn) as object }];
}

describe.each(cases)('$alert', (one) => {
  test(one.name, async () => {
    const file = join(folder, `${cases.indexOf(one)}.yaml`);
    const input = Object.entries(one.series).map(([series, values]) => ({ series, values }));
    const expected = { eval_time: `${one.after}m`, alertname: one.alert, exp_alerts: firing(one) };
    const tests = [{ interval: '1m', input_series: input, alert_rule_test: [expected] }];
    await writeFile(file, stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }));
    expect(await run(inject('promtool'), ['test', 'rules', file])).toContain('SUCCESS');
  });
});

test('each alert has a case in which it fires and one in which it is silent', () => {
  const having = (isWanted: (one: Case) => boolean) =>
    [...new Set(cases.filter(isWanted).map(({ alert }) => alert))].toSorted();
  const all = alerts.map(({ alert }) => alert).toSorted();
  expect(having(({ fires }) => fires !== undefined)).toEqual(all);
  expect(having(({ fires }) => fires === undefined)).toEqual(all);
});
