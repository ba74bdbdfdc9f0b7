/** `npm test`: the suites in turn, each told as it ends; the last line counts the tests. */
import { parseArgs } from 'node:util';
import { report } from '#scripts/commands.ts';
import { parseWithin, whyLeftOut } from './budget.ts';
import { prepareCluster } from './prepare.ts';
import { type Suite, type SuiteResult, suites } from './suites.ts';

const lines = (thorough: boolean) =>
  suites
    .filter((suite) => suite.thorough === thorough)
    .map(({ name, about }) => `  ${name.padEnd(12)} ${about}`)
    .join('\n');

const usage = `Runs the tests; without a name, the suites of the first list.

Usage: npm test [-- [--within DURATION] [--thorough | SUITE...]]

  --within 80m   leave out long suites that would not be through in time, and say which
  --thorough     the longer ones too, after the others

${lines(false)}

The longer ones, all of them by npm run test:faults:

${lines(true)}`;

function selected(names: readonly string[], thorough: boolean): readonly Suite[] {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined)
    throw new Error(`there is no suite ${unknown}; write one of ${suites.map(({ name }) => name).join(', ')}`);
  if (names.length > 0 && thorough) throw new Error('write --thorough or names of suites');
  if (names.length === 0) return suites.filter((suite) => thorough || !suite.thorough);
  return suites.filter(({ name }) => names.includes(name));
}

/**
 * One after the other: each keeps the two cores this is planned for busy, and a test that waits must not wait for its
 * neighbours.
 * @param withinMs milliseconds after this process began by which long suites have to be through
 */
async function runAll(wanted: readonly Suite[], withinMs: number): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  const tell = (line: string) => console.log(line);
  // On a machine that has nothing yet this takes minutes; suites that need no cluster run meanwhile.
  const prepared = wanted.some(({ cluster }) => cluster)
    ? prepareCluster(tell, { image: wanted.some(({ image }) => image), monitoring: false })
    : Promise.resolve();
  prepared.catch(() => undefined);
  for (const suite of wanted) {
    if (suite.cluster) await prepared;
    const leftOut = whyLeftOut(suite, withinMs - performance.now());
    if (leftOut !== undefined) {
      tell(`LEFT OUT ${suite.name.padEnd(13)} ${leftOut}`);
      continue;
    }
    tell(`start   ${suite.name.padEnd(14)} ${suite.about}`);
    if (suite.monitoring) await prepareCluster(tell, { image: suite.image, monitoring: true });
    const result = await suite.run();
    report(result);
    results.push(result);
  }
  return results;
}

async function main(): Promise<void> {
  const options = { help: { type: 'boolean' }, within: { type: 'string' }, thorough: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  if (values.help === true) {
    console.log(usage);
    return;
  }
  const withinMs = values.within === undefined ? Number.POSITIVE_INFINITY : parseWithin(values.within);
  const results = await runAll(selected(positionals, values.thorough === true), withinMs);
  const sum = (count: (result: SuiteResult) => number) => results.reduce((total, result) => total + count(result), 0);
  console.log(`${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(`npm test: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
