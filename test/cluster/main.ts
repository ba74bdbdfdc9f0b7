// The command line of the local cluster: `npm run cluster -- up|down|status|load|kubeconfig|exec`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createCluster } from './cluster.ts';
import type { OnProgress } from './context.ts';
import { attachCluster } from './local.ts';
import { enterArgs } from './namespaces.ts';
import { reap, removeCluster } from './reap.ts';
import { defaultClusterName, listRecords, readRecord } from './state.ts';
import { statusLines } from './status.ts';

const usage = `Usage: npm run cluster -- <command> [options]

  up            start a cluster and leave it running; first removes what dead owners left
  down          remove the cluster with everything that belongs to it
  status        list all clusters with owner and health
  load FILE     import an OCI image archive into the cluster
  kubeconfig    print the path of the cluster's kubeconfig
  exec -- CMD   run a program in the cluster's namespaces, with KUBECONFIG set and kubectl in PATH
  reap          remove clusters whose owner is dead

Options:
  --name NAME        the cluster; default: derived from the path of this checkout
  --no-storage       up: without StorageClass
  --no-snapshots     up: without volume snapshots
  --kubeconfig PATH  up: use that cluster instead of starting one; also DOKKERR_KUBECONFIG
  --all              down: every cluster
  --help

Exit codes: 0 done, 1 failed, 2 wrong usage; exec: that of the program.
`;

class UsageError extends Error {}

/** Prints lines with the seconds since the start in front. */
function progressPrinter(): OnProgress {
  const started = performance.now();
  return (line) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

const options = {
  name: { type: 'string' },
  storage: { type: 'boolean', default: true },
  snapshots: { type: 'boolean', default: true },
  kubeconfig: { type: 'string' },
  all: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function up(name: string, values: ReturnType<typeof parse>['values']): Promise<void> {
  const onProgress = progressPrinter();
  const { storage, snapshots, kubeconfig } = values;
  const cluster = await createCluster({
    name,
    owner: 'detached',
    storage,
    snapshots,
    onProgress,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  });
  onProgress(`cluster ${cluster.name} is up`);
  console.log(`\nexport KUBECONFIG=${cluster.kubeconfigPath}`);
}

async function down(name: string, all: boolean): Promise<void> {
  const onProgress = progressPrinter();
  const names = all ? (await listRecords()).map((record) => record.name) : [name];
  for (const each of names) {
    if (!(await readRecord(each))) throw new Error(`there is no cluster ${each}`);
    await removeCluster(each);
    onProgress(`cluster ${each} removed`);
  }
}

/** Runs the program with this terminal and resolves to its exit code. */
async function exec(name: string, command: readonly string[]): Promise<number> {
  const record = await readRecord(name);
  const { kubeconfigPath } = await attachCluster(name);
  if (!record?.init) throw new Error(`no cluster ${name} runs`);
  const folders = new Set(Object.values(record.binaries ?? {}).map((path) => resolve(path, '..')));
  const env = { ...process.env, KUBECONFIG: kubeconfigPath, PATH: [...folders, process.env.PATH].join(':') };
  const child = spawn('nsenter', [...enterArgs(record.init), ...command], { stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function main(argv: string[]): Promise<number> {
  const separator = argv.indexOf('--');
  const [ours, theirs] = separator < 0 ? [argv, []] : [argv.slice(0, separator), argv.slice(separator + 1)];
  const { values, positionals } = parse(ours);
  const [command, ...operands] = positionals;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const expected = command === 'load' ? 1 : 0;
  if (command !== undefined && operands.length !== expected)
    throw new UsageError(`${command} takes ${expected || 'no'} operand`);
  const name = values.name ?? defaultClusterName(resolve(import.meta.dirname, '../..'));
  switch (command) {
    case 'up':
      await up(name, values);
      return 0;
    case 'down':
      await down(name, values.all);
      return 0;
    case 'status':
      for (const line of await statusLines()) console.log(line);
      return 0;
    case 'load':
      await (await attachCluster(name)).loadImage(resolve(operands[0] ?? ''));
      return 0;
    case 'kubeconfig':
      console.log((await attachCluster(name)).kubeconfigPath);
      return 0;
    case 'exec':
      if (theirs.length === 0) throw new UsageError('exec needs a command after --');
      return exec(name, theirs);
    case 'reap':
      await reap(progressPrinter());
      return 0;
    case undefined:
      throw new UsageError('a command is needed');
    default:
      throw new UsageError(`no such command: ${command}`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${usage}` : `error: ${message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
