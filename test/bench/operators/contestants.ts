/** The four, in the order of the tables. Ratios are to `go`. */
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cacheRoot, exists } from '#cluster/binaries/cache.ts';
import type { BinaryGroup } from '#cluster/binaries/catalog.ts';
import { startGroups } from '#cluster/binaries/ensure.ts';
import { run } from '#cluster/command.ts';
import { bundleProgram, nodeFlag } from '#scripts/bundle.ts';
import type { Contestant, Program, RunOptions } from './contestant.ts';

const folder = resolve(import.meta.dirname, '../contestants');
export const reference = 'go';

export const contestants: readonly Contestant[] = [
  { name: 'dokkerr', prepare: prepareDokkerr },
  { name: reference, prepare: prepareGo },
  { name: 'pepr', prepare: preparePepr },
  { name: 'client-node', prepare: async () => node(join(folder, 'client-node/operator.ts')) },
];

const flags = ({ concurrency, leaseNamespace }: RunOptions): string[] => [
  `--concurrency=${concurrency}`,
  ...(leaseNamespace === undefined ? [] : [`--lease-namespace=${leaseNamespace}`]),
];

/** What knows no flags is told by its environment. */
function node(file: string): Program {
  return ({ concurrency }) => ({
    command: process.execPath,
    args: [file],
    env: { CONCURRENCY: String(concurrency) },
  });
}

/** Bundled and started as the operator's image does it, because that is how people run it. */
async function prepareDokkerr(): Promise<Program> {
  const place = join(cacheRoot(), 'bench', 'dokkerr');
  await bundleProgram({ operator: join(folder, 'dokkerr/operator.ts') }, place);
  const file = join(place, 'operator.js');
  return (options) => ({ command: process.execPath, args: [nodeFlag, file, ...flags(options)] });
}

const goOperator = 'widget-operator';
const goGroup: BinaryGroup = {
  version: 'v0.25.2',
  module: 'controller-runtime',
  ownSource: true,
  programs: { [goOperator]: 'dokkerr.io/test/bench/contestants/controller-runtime' },
  buildSeconds: 200,
};

async function prepareGo(onProgress: (line: string) => void): Promise<Program> {
  const wanted = { name: 'controller-runtime', group: goGroup, programs: [goOperator] };
  const command = await startGroups([wanted], { onProgress, modules: folder }).binary(goOperator);
  return (options) => ({ command, args: flags(options) });
}

/** Its packages are no part of the project's, so they are installed into the cache, from the committed lock file. */
async function preparePepr(onProgress: (line: string) => void): Promise<Program> {
  const source = join(folder, 'pepr');
  const files = ['operator.mjs', 'package.json', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(join(source, file)));
  const place = join(cacheRoot(), 'bench', `pepr-${hash.digest('hex').slice(0, 12)}`);
  if (!(await exists(join(place, 'node_modules/.package-lock.json')))) {
    onProgress('kubernetes-fluent-client: installing its packages with npm');
    await mkdir(place, { recursive: true });
    for (const file of files) await cp(join(source, file), join(place, file));
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: place });
  }
  return node(join(place, 'operator.mjs'));
}
