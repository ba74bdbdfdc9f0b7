/**
 * How long an application stands still while its volume moves to another class, from the last answer it gave before to
 * the first one after, by how much it has and how much of that changed since the warm copy; beside rsync of the same files.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePrograms } from '#cluster/host-packages.ts';
import { waitUntil } from '#cluster/wait.ts';
import type { Migration } from '#crds/migration.ts';
import type { Row } from '../table.ts';
import { claim, dokkerr, type Ground, type Load, startGround, writing } from './ground.ts';

const files = 20_000;
const gib = 2 ** 30;

/** GiB there are, and one in how many files is written anew between the warm copy and the switch. */
const variants = [
  { size: 0.5, each: 100 },
  { size: 2, each: 100 },
  { size: 4, each: 100 },
  { size: 2, each: 20 },
] as const;

/** Milliseconds between two requests to the application. */
const askEvery = 50;

/** One row a variant. */
export async function measureMigration(note: (line: string) => void): Promise<readonly Row[]> {
  await ensurePrograms({ rsync: 'rsync' }, note);
  await using ground = await startGround(note);
  const rows: Row[] = [];
  for (const [index, { size, each }] of variants.entries()) {
    note(`${size} GiB, 1 of ${each} files changed`);
    const load = { files, bytesPerFile: Math.round((size * gib) / files) };
    rows.push({ GiB: size, changed: `1 of ${each}`, ...(await measure(ground, `app-${index}`, load, each)) });
  }
  return rows;
}

async function measure(ground: Ground, name: string, load: Load, each: number): Promise<Row> {
  const { kubectl } = ground;
  await ground.apply(claim(name, '6Gi'), claim(`${name}-rsync`, '6Gi'), application(ground, name), service(name));
  await kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=120s']);
  const inPod = (command: readonly string[]) => kubectl(['exec', `deployment/${name}`, '--', ...command]);
  await inPod(writing(load, 1));
  const copied = await rsync(ground, name);

  const migration = `migration/${name}`;
  const since = performance.now();
  const source = { claimRef: { name } };
  const switchOver = { requireApproval: true };
  const spec = { source, target: { storageClassName: 'fast' }, switchOver };
  await ground.apply(dokkerr('Migration', name, spec));
  const phase = (is: string) => kubectl(['wait', `--for=jsonpath={.status.phase}=${is}`, migration, '--timeout=900s']);
  await phase('AwaitingApproval');
  const warm = (performance.now() - since) / 1000;

  await inPod(writing(load, each));
  const changed = await rsync(ground, name);
  const watching = watchAnswers(`http://${await addressOf(ground, name)}`);
  const approved = performance.now();
  const go = JSON.stringify({ spec: { switchOver: { approved: true } } });
  await kubectl(['patch', migration, '--type=merge', `--patch=${go}`]);
  await phase('Switched');
  const rest = (performance.now() - approved) / 1000;
  const downtime = await watching.longestGap();
  const { status } = await kubectl.json<Migration>(['get', migration]);
  await release(ground, name);
  return {
    'downtime s': downtime,
    'by status s': status?.downtime?.seconds ?? 0,
    'warm copy s': warm,
    'rest s': rest,
    'rsync s': copied + changed,
    'total to rsync': (warm + rest) / (copied + changed),
  };
}

/** It answers with a file of its volume once it has one, and has both volumes mounted. */
function application({ image }: Ground, name: string): object {
  const labels = { app: name };
  const program = `require('node:http').createServer((_, answer) => answer.end(String(require('node:fs').readdirSync('/data').length))).listen(8080);
    process.on('SIGTERM', () => process.exit());`;
  const probe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };
  const mount = (volume: string, mountPath: string) => ({ name: volume, mountPath });
  const volume = (volumeName: string, claimName: string) => ({
    name: volumeName,
    persistentVolumeClaim: { claimName },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
          containers: [
            {
              name: 'app',
              image,
              imagePullPolicy: 'Never',
              command: ['node', '-e', program],
              readinessProbe: probe,
              volumeMounts: [mount('data', '/data'), mount('rsync', '/rsync')],
            },
          ],
          volumes: [volume('data', name), volume('rsync', `${name}-rsync`)],
        },
      },
    },
  };
}

function service(name: string): object {
  const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

function addressOf({ kubectl }: Ground, name: string): Promise<string> {
  return kubectl(['get', 'service', name, '--output', 'jsonpath={.spec.clusterIP}']);
}

/** Copies one volume of the application's pod to the other, on the node; resolves to the seconds it took. */
async function rsync({ cluster, kubectl }: Ground, name: string): Promise<number> {
  const { items } = await kubectl.json<{ items: { metadata: { uid: string } }[] }>(['get', 'pods', `-lapp=${name}`]);
  const mountOf = async (claimName: string) => {
    const volume = await kubectl(['get', 'pvc', claimName, '--output', 'jsonpath={.spec.volumeName}']);
    return `${cluster.dir}/kubelet/pods/${items[0]?.metadata.uid}/volumes/kubernetes.io~csi/${volume}/mount/`;
  };
  const [from, to] = await Promise.all([mountOf(name), mountOf(`${name}-rsync`)]);
  const since = performance.now();
  await cluster.exec('rsync', ['-aHAX', from, to]);
  return (performance.now() - since) / 1000;
}

/** Asks again and again until it is told to stop. */
function watchAnswers(url: string) {
  let isOver = false;
  let longest = 0;
  let last = performance.now();
  const watching = (async () => {
    while (!isOver) {
      if (await answers(url)) {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      await sleep(askEvery);
    }
  })();
  return {
    /** Resolves to the seconds from one answer to the next at most, once it is answered again. */
    longestGap: async () => {
      const since = performance.now();
      await waitUntil(`${url} answers again`, () => last > since, { timeoutMs: 120_000 });
      isOver = true;
      await watching;
      return longest / 1000;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const options = { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) };
    const response = await fetch(url, options);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Its volumes go, old and new, so that the next one has the disk to itself. */
async function release({ kubectl }: Ground, name: string): Promise<void> {
  await kubectl(['patch', `migration/${name}`, '--type=merge', '--patch={"spec":{"keepSource":{"for":"0s"}}}']);
  await kubectl(['wait', '--for=jsonpath={.status.phase}=Completed', `migration/${name}`, '--timeout=120s']);
  await kubectl(['delete', `deployment/${name}`, `service/${name}`, `pvc/${name}`, `pvc/${name}-rsync`]);
}
