/** Where one contestant is measured: etcd and kube-apiserver of its own, an account it is known by, and the kind it drives. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { type Call, callsOf } from '../audit.ts';
import { type Program, type Running, type RunOptions, startContestant } from './contestant.ts';
import { type Driver, openDriver } from './driver.ts';

const flushMs = 500;
const account = 'contestant';
const userName = `system:serviceaccount:default:${account}`;

export interface Arena extends AsyncDisposable {
  readonly plane: ControlPlane;
  /** the contestant's own */
  readonly kubeconfigPath: string;
  readonly driver: Driver;
  /** Starts the contestant and resolves when a Widget made for that is Ready. */
  start(options: RunOptions): Promise<Started>;
  /** The same without waiting. @param server where it finds the API server, if not where it is */
  launch(options: RunOptions, server?: string): Promise<Running>;
  /** What the contestant has asked of the API server since `mark`. */
  calls(mark: Mark): Promise<readonly Call[]>;
  /** Resolves when nothing has been asked for a moment: a contestant that is cut off with answers under way asks again. */
  mark(): Promise<Mark>;
}

export interface Started {
  readonly operator: Running;
  /** from its start until its first Widget was Ready */
  readonly firstReadySeconds: number;
}

/** A place in the audit log. */
export type Mark = number & { readonly __mark: unique symbol };

export async function openArena(program: Program): Promise<Arena> {
  const stack = new AsyncDisposableStack();
  try {
    const plane = stack.use(await startControlPlane());
    const token = await createAccount(plane);
    const driver = stack.use(await openDriver(plane.kubeconfigPath));
    const logFile = join(plane.dir, 'contestant.log');
    const kubeconfigPath = await writeKubeconfig(plane, token, plane.server);
    let started = 0;
    const launch = async (options: RunOptions, server = plane.server): Promise<Running> => {
      const kubeconfig = await writeKubeconfig(plane, token, server);
      return stack.use(await startContestant(program, kubeconfig, logFile, options));
    };
    return {
      plane,
      kubeconfigPath,
      driver,
      launch,
      start: async (options) => {
        const name = `warm-up-${started++}`;
        const operator = await launch(options);
        await driver.create([name], 'warm');
        await driver.allReady([name]).catch(async (error: unknown) => {
          throw new Error(`the contestant did nothing: ${await operator.lastWords()}`, { cause: error });
        });
        return { operator, firstReadySeconds: (performance.now() - operator.startedAt) / 1000 };
      },
      mark: async () => {
        await untilWritten(plane.auditLogPath);
        return (await stat(plane.auditLogPath)).size as Mark;
      },
      calls: async (mark) => {
        await untilWritten(plane.auditLogPath);
        return callsOf((await readFile(plane.auditLogPath)).subarray(mark).toString(), userName);
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** A request is logged after it was answered, and after a watch told of it: what is not there yet is about to be. */
async function untilWritten(file: string): Promise<void> {
  let size: number;
  do {
    ({ size } = await stat(file));
    await sleep(flushMs);
  } while (size !== (await stat(file)).size);
}

/** An account by which the audit log tells the contestant from the bench, whatever it calls itself; resolves to its token. */
async function createAccount(plane: ControlPlane): Promise<string> {
  const kubectl = await createKubectl(plane.kubeconfigPath);
  await kubectl(['create', 'serviceaccount', account]);
  const binding = ['--clusterrole=cluster-admin', `--serviceaccount=default:${account}`];
  await kubectl(['create', 'clusterrolebinding', account, ...binding]);
  return (await kubectl(['create', 'token', account, '--duration=24h'])).trim();
}

async function writeKubeconfig(plane: ControlPlane, token: string, server: string): Promise<string> {
  const ca = (await readFile(plane.caFile)).toString('base64');
  const cluster = server.startsWith('https:') ? { server, 'certificate-authority-data': ca } : { server };
  const file = join(plane.dir, `contestant-${new URL(server).port}.yaml`);
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster }],
    users: [{ name: account, user: { token } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: account } }],
    'current-context': 'bench',
  };
  await writeFile(file, stringify(content), { mode: 0o600 });
  return file;
}
