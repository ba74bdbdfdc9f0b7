/** `npm run lint`: format, lint rules with the import law, rules that need types, types, and Go's own checks. */
import { glob } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, report, run } from './commands.ts';

const bin = 'node_modules/.bin';

/** Modules with Go code of our own; the others only pin what is built from elsewhere. */
async function goModules(): Promise<string[]> {
  const folders = new Set<string>();
  for await (const file of glob('test/**/go.mod')) {
    const folder = dirname(file);
    const sources = await Array.fromAsync(glob(`${folder}/**/*.go`));
    if (sources.length > 0) folders.add(folder);
  }
  return [...folders].sort();
}

/** Vetting compiles what a module imports, which for an operator of the bench takes minutes; that is left to who builds it. */
const isSmall = (folder: string) => !folder.startsWith('test/bench/');

const modules = await goModules();
const checks: Command[] = [
  { name: 'format, lint', program: `${bin}/biome`, args: ['check', '--error-on-warnings', '.'] },
  { name: 'typed lint', program: `${bin}/oxlint`, args: ['--type-aware', '--deny-warnings', 'src', 'test', 'scripts'] },
  { name: 'types', program: `${bin}/tsc`, args: ['-p', '.'] },
  {
    name: 'gofmt',
    program: 'sh',
    args: ['-c', 'out=$(gofmt -l "$@"); echo "$out"; test -z "$out"', 'gofmt', ...modules],
  },
  ...modules
    .filter(isSmall)
    .map((folder) => ({ name: `go vet ${folder}`, program: 'go', args: ['-C', folder, 'vet', './...'] })),
];
const outcomes = await Promise.all(checks.map(run));
outcomes.forEach(report);
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
