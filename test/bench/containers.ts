/** A thousand Containers at once: how long until each was reconciled, at what cost in CPU, memory and writes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import pino from 'pino';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { bound } from '#cluster/processes.ts';
import { Container } from '#crds/container.ts';
import { createCache } from '#runtime/cache/cache.ts';
import { connectCluster } from '#runtime/client/connect.ts';
import type { Client } from '#runtime/client/types.ts';
import { installKinds } from '#test/operator/install.ts';
import { countWrites } from './audit.ts';
import type { Row } from './table.ts';
import { readUsage } from './usage.ts';

const count = 1000;
const createdAtOnce = 20;

/** A cluster without nodes has no room for anything, which the operator would say instead of making children. */
const roomyNode = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'roomy' },
  status: { allocatable: { cpu: '10000', memory: '100Ti', pods: '100000' } },
};

interface Contestant {
  readonly name: string;
  /** what its requests call themselves */
  readonly userAgent: RegExp;
  readonly start: (kubeconfigPath: string) => ChildProcess;
}

const contestants: readonly Contestant[] = [
  {
    name: 'dokkerr',
    userAgent: /^dokkerr\//,
    start: (kubeconfigPath) =>
      node([
        'src/main.ts',
        'controller',
        '--kubeconfig',
        kubeconfigPath,
        '--listen',
        '127.0.0.1:0',
        '--log-format',
        'json',
      ]),
  },
  {
    name: 'naive client-node',
    userAgent: /^OpenAPI-Generator|^node-fetch|^kubernetes-javascript/,
    start: (kubeconfigPath) => node(['test/bench/contestants/naive.ts'], { KUBECONFIG: kubeconfigPath }),
  },
];

function node(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(...bound(process.execPath, args), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** One row a contestant, each on a control plane of its own. */
export async function measureContainers(note: (line: string) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const contestant of contestants) {
    note(contestant.name);
    rows.push(await measure(contestant));
  }
  return rows;
}

async function measure({ name, userAgent, start }: Contestant): Promise<Row> {
  // Room for a Service each: the usual /24 ends at 254.
  await using plane = await startControlPlane({ extraArgs: ['--service-cluster-ip-range=10.0.0.0/16'] });
  const kubectl = await createKubectl(plane.kubeconfigPath);
  await installKinds(kubectl);
  await kubectl(['create', '--filename', '-'], JSON.stringify(roomyNode));
  const operator = start(plane.kubeconfigPath);
  try {
    await untilItSpeaks(operator);
    const { wallSeconds } = await createAndWait(plane);
    const usage = await readUsage(operator.pid ?? 0);
    const { objects, events } = countWrites(await readFile(plane.auditLogPath, 'utf8'), userAgent);
    return {
      operator: name,
      'wall s': wallSeconds,
      'CPU s': usage.cpuSeconds,
      'peak RSS MiB': Math.round(usage.peakRssMiB),
      'writes/object': objects / count,
      'events/object': events / count,
    };
  } finally {
    operator.kill('SIGKILL');
  }
}

/** Its first line of output: it has started. */
async function untilItSpeaks(operator: ChildProcess): Promise<void> {
  if (operator.stdout === null) return;
  await Promise.race([
    once(operator.stdout, 'data'),
    once(operator, 'exit').then(() => Promise.reject(new Error('the operator ended before it had started'))),
  ]);
  operator.stdout.resume();
}

async function createAndWait(plane: ControlPlane): Promise<{ wallSeconds: number }> {
  const { client, transport } = await connectCluster({ kubeconfig: plane.kubeconfigPath, userAgent: 'bench' });
  const stop = new AbortController();
  try {
    const cache = createCache(transport, { log: pino({ level: 'silent' }) });
    const informer = cache.informer(Container);
    cache.start(stop.signal);
    await informer.synced();
    const done = new Set<string>();
    const all = Promise.withResolvers<void>();
    informer.subscribe(({ object }) => {
      if (object.status?.observedGeneration === object.metadata.generation) done.add(object.metadata.name);
      if (done.size === count) all.resolve();
    });
    const startedAt = performance.now();
    await createContainers(client);
    await all.promise;
    return { wallSeconds: (performance.now() - startedAt) / 1000 };
  } finally {
    stop.abort();
    await transport.close();
  }
}

async function createContainers(client: Client): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) {
      const spec = Container.spec.parse({
        image: 'localhost/notes:1.0',
        ports: [{ name: 'http', containerPort: 8080 }],
      });
      const metadata = { name: `bench-${index}`, namespace: 'default' };
      await client.create(Container, { apiVersion: Container.apiVersion, kind: Container.kind, metadata, spec });
    }
  };
  await Promise.all(Array.from({ length: createdAtOnce }, worker));
}
