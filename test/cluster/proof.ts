// Proves on this machine what the local cluster promises: `npx node test/cluster/proof.ts`. Real clusters, real pods and
// owners that are really killed; prints each promise with the time it took and exits 1 at the first that is broken.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { cgroupHierarchies } from './cgroups.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { run } from './command.ts';
import { isAlive } from './identity.ts';
import { ensureNotesImage } from './images/notes.ts';
import { attachCluster } from './local.ts';
import { reap } from './reap.ts';
import { type ClusterRecord, readRecord } from './state.ts';
import { waitUntil } from './wait.ts';

const started = performance.now();
const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(2);

async function promise<T>(sentence: string, work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    const result = await work();
    console.log(`kept    ${seconds(since).padStart(6)} s  ${sentence}`);
    return result;
  } catch (error) {
    console.log(`BROKEN  ${seconds(since).padStart(6)} s  ${sentence}`);
    throw error;
  }
}

function expectText(actual: string, expected: string): void {
  if (!actual.includes(expected)) throw new Error(`expected "${expected}" in "${actual}"`);
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'notes', labels: { app: 'notes' } },
  spec: {
    securityContext: { runAsNonRoot: true, fsGroup: 65532 },
    containers: [
      {
        name: 'notes',
        image: 'localhost/notes:1.0',
        securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
        readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  },
};
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  // Not called as the pod: that name is the pod's hostname, which no DNS is asked for.
  metadata: { name: 'notebook' },
  spec: { selector: { app: 'notes' }, ports: [{ port: 80, targetPort: 8080 }] },
};
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

async function kubectlOf(name: string, kubeconfigPath: string) {
  const binary = (await readRecord(name))?.binaries?.kubectl ?? 'kubectl';
  return (args: readonly string[], input?: object) =>
    run(binary, ['--kubeconfig', kubeconfigPath, ...args], input ? { input: JSON.stringify(input) } : {});
}

async function provePods(cluster: Cluster): Promise<void> {
  const kubectl = await kubectlOf(cluster.name, cluster.kubeconfigPath);
  await cluster.loadImage(await ensureNotesImage('1.0'));
  await promise(`${cluster.name}: a pod with a claim is Ready`, async () => {
    await kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: [claim, pod, service] });
    await kubectl(['wait', '--for=condition=Ready', 'pod/notes', '--timeout=60s']);
  });
  const ip = (await kubectl(['get', 'service', 'notebook', '-o', 'jsonpath={.spec.clusterIP}'])).trim();
  await promise(`${cluster.name}: its ClusterIP answers the host`, () =>
    waitUntil(
      'answer',
      async () => {
        const { body } = await request(`http://${ip}/`, { headersTimeout: 500 });
        expectText(await body.text(), 'notes 1.0 on notes');
        return true;
      },
      { timeoutMs: 5000 },
    ),
  );
  await promise(`${cluster.name}: exec runs in the pod, and the ClusterIP answers there`, async () =>
    expectText(await kubectl(['exec', 'notes', '--', '/notes', 'get', `http://${ip}/`]), 'notes 1.0'),
  );
  await promise(`${cluster.name}: DNS resolves the Service's name in the pod`, async () => {
    const short = await kubectl(['exec', 'notes', '--', '/notes', 'get', 'http://notebook/']);
    const long = await kubectl(['exec', 'notes', '--', '/notes', 'get', 'http://notebook.default.svc.cluster.local/']);
    expectText(short, 'notes 1.0');
    expectText(long, 'notes 1.0');
  });
  await promise(`${cluster.name}: logs show what the pod wrote`, async () =>
    expectText(await kubectl(['logs', 'notes']), 'listening on :8080'),
  );
  await promise(`${cluster.name}: the audit log has the pod's creation`, async () => {
    const lines = (await readFile(cluster.auditLogPath ?? '', 'utf8')).trim().split('\n');
    const created = lines.filter((line) => line.includes('"verb":"create"') && line.includes('"resource":"pods"'));
    expectText(created.join('\n'), '"username":"kubernetes-admin"');
  });
}

async function proveFaults(cluster: Cluster): Promise<void> {
  const kubectl = await kubectlOf(cluster.name, cluster.kubeconfigPath);
  await promise('the cluster goes on after kube-apiserver and etcd were killed and started again', async () => {
    await cluster.kill('kube-apiserver');
    await cluster.kill('etcd');
    await cluster.start('etcd');
    await cluster.start('kube-apiserver');
    await kubectl(['delete', 'pod', 'notes', '--grace-period=1']);
    await kubectl(['apply', '-f', '-'], pod);
    await kubectl(['wait', '--for=condition=Ready', 'pod/notes', '--timeout=60s']);
  });
  await promise('a paused API server falls silent and answers again when it is resumed', async () => {
    await cluster.pause('kube-apiserver');
    const answer = await kubectl(['get', '--raw', '/readyz', '--request-timeout=1s']).catch(() => 'silent');
    await cluster.resume('kube-apiserver');
    expectText(answer, 'silent');
    expectText(await kubectl(['get', '--raw', '/readyz']), 'ok');
  });
}

/** What is left on the machine of a cluster. */
async function leftovers({ id, dir, init }: ClusterRecord): Promise<string[]> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const groups = cgroupHierarchies(mounts).map((hierarchy) => readdir(join(hierarchy, id)).then(() => 'a cgroup'));
  const found = await Promise.allSettled([...groups, readdir(dir).then(() => 'its folder')]);
  const [netns, loops] = await Promise.all([
    run('ip', ['netns', 'list']),
    run('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']),
  ]);
  return [
    ...found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    ...(init && isAlive(init) ? ['its processes'] : []),
    ...(netns.includes(id) ? ['its network namespace'] : []),
    ...(mounts.includes(dir) ? ['a mount'] : []),
    ...(loops.includes(dir) ? ['a loop device'] : []),
  ];
}

async function expectNothingLeft(record: ClusterRecord): Promise<void> {
  const left = await leftovers(record);
  if (left.length > 0) throw new Error(`left of ${record.name}: ${left.join(', ')}`);
}

/** Another process that owns a cluster; resolves once it is up. */
async function startOwner(name: string): Promise<{ owner: ChildProcess; record: ClusterRecord }> {
  const script = `
    const { createCluster } = await import(${JSON.stringify(join(import.meta.dirname, 'cluster.ts'))});
    await createCluster({ name: ${JSON.stringify(name)}, owner: process.pid });
    console.log('up');
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const up = once(owner.stdout, 'data');
  await Promise.race([
    up,
    once(owner, 'exit').then(() => {
      throw new Error(`the owner of ${name} ended`);
    }),
  ]);
  const record = await readRecord(name);
  if (!record) throw new Error(`${name} has no record`);
  return { owner, record };
}

async function proveReaping(): Promise<void> {
  const killed = await startOwner('proof-killed');
  await (await attachCluster('proof-killed')).loadImage(await ensureNotesImage('1.0'));
  await promise(
    'nothing is left of a cluster whose owner was killed, once its undertaker or the next up was there',
    async () => {
      killed.owner.kill('SIGKILL');
      await once(killed.owner, 'exit');
      await reap((line) => console.log(`          ${line}`));
      await expectNothingLeft(killed.record);
    },
  );
  const interrupted = await startOwner('proof-interrupted');
  await promise('an interrupted owner takes its cluster down before it ends', async () => {
    interrupted.owner.kill('SIGINT');
    await once(interrupted.owner, 'exit');
    await expectNothingLeft(interrupted.record);
  });
}

async function proveSideBySide(): Promise<void> {
  const create = (name: string) =>
    promise(`${name}: up until its node takes pods, beside another`, () => createCluster({ name, owner: process.pid }));
  const [one, other] = await Promise.all([create('proof-one'), create('proof-other')]);
  const records = await Promise.all([readRecord(one.name), readRecord(other.name)]);
  await provePods(one);
  await provePods(other);
  await proveFaults(one);
  // A paused program must not keep its cluster from going down.
  await one.pause('kubelet');
  await Promise.all([one, other].map((cluster) => promise(`${cluster.name}: down`, () => cluster.down())));
  for (const record of records) if (record) await expectNothingLeft(record);
}

const alone = await promise('a cluster alone is up until its node takes pods', () =>
  createCluster({
    name: 'proof-alone',
    owner: process.pid,
    onProgress: (line) => console.log(`          ${seconds(started)} ${line}`),
  }),
);
await promise('and is down', () => alone.down());
await proveSideBySide();
await proveReaping();
