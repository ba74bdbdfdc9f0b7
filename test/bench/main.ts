/** `npm run bench`: measures, one case after another, and prints what was found; nothing is asserted, machines differ. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type BenchCase, cases } from './cases.ts';
import { table } from './table.ts';

const usage = `Measures Dokkerr; without a name, everything.

Usage: npm run bench [-- CASE...]

${cases.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}`;

function selected(names: readonly string[]): readonly BenchCase[] {
  const unknown = names.find((name) => !cases.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no case ${unknown}; write one of ${cases.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(usage);
    return;
  }
  const processors = cpus();
  console.log(`${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
  for (const { name, about, run } of selected(positionals)) {
    console.log(`\n${name}: ${about}`);
    console.log(table(await run((line) => console.log(`  ${line}`))));
  }
}

try {
  await main();
} catch (error) {
  console.error(`npm run bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
