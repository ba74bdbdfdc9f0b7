/** `npm run bench`: measures, one case after another, and prints what was found; nothing is asserted, machines differ. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cases } from './cases.ts';
import { machine } from './machine.ts';
import { contestants } from './operators/contestants.ts';
import { table } from './table.ts';

const usage = `Measures Dokkerr; without a name, everything.

Usage: npm run bench [-- [OPTIONS] CASE...]

${cases.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}

Options, of the cases that compare operators:
  --rounds N        measurements of each, of which the median is shown (default 3)
  --contestants A,B some of ${contestants.map(({ name }) => name).join(', ')}
  --variants A,B    some of the case's variants, as its table names them
  --objects N       in place of what the case has
  --seconds N       in place of what the case has
  --output FOLDER   where figures are written as JSON (default dist/bench)`;

interface Call {
  readonly names: readonly string[];
  readonly help: boolean;
  readonly output: string;
  readonly rounds: number;
  readonly contestants: readonly string[] | undefined;
  readonly variants: readonly string[] | undefined;
  readonly objects: number | undefined;
  readonly seconds: number | undefined;
}

function parse(): Call {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      rounds: { type: 'string', default: '3' },
      output: { type: 'string', default: 'dist/bench' },
      contestants: text,
      variants: text,
      objects: text,
      seconds: text,
    },
  });
  return {
    names: positionals,
    help: values.help === true,
    output: values.output,
    rounds: Number(values.rounds),
    contestants: values.contestants?.split(','),
    variants: values.variants?.split(','),
    objects: values.objects === undefined ? undefined : Number(values.objects),
    seconds: values.seconds === undefined ? undefined : Number(values.seconds),
  };
}

/** Those named, in the order of all; all where none is named. */
function selected<T extends { readonly name: string }>(all: readonly T[], names: readonly string[], what: string) {
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no ${what} ${unknown}; write one of ${all.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function main(): Promise<void> {
  const call = parse();
  if (call.help) {
    console.log(usage);
    return;
  }
  const options = {
    ...call,
    contestants: selected(contestants, call.contestants ?? [], 'contestant'),
    note: (line: string) => console.log(`  ${line}`),
  };
  const about = machine();
  console.log(about);
  await mkdir(call.output, { recursive: true });
  for (const { name, about: caseAbout, run } of selected(cases, call.names, 'case')) {
    console.log(`\n${name}: ${caseAbout}`);
    const { rows, raw } = await run(options);
    console.log(table(rows));
    const file = join(call.output, `${name}.json`);
    await writeFile(file, `${JSON.stringify({ machine: about, at: new Date(), rows, raw }, null, 2)}\n`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`npm run bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
