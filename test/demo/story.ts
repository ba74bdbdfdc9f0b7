/** What the demo shows, step by step; every step checks what it claims and fails when that does not hold. */
import { readFile } from 'node:fs/promises';
import type { Cluster } from '#cluster/cluster.ts';
import { createKubectl, type Kubectl } from '#cluster/kubectl.ts';
import { startStore } from '#test/fixtures/store.ts';
import { startTraffic } from '#test/fixtures/traffic.ts';
import { createHelm } from '#test/operator/helm.ts';
import { chart, untilServing, usualRelease } from '#test/operator/release.ts';
import type { Narrator } from './narrator.ts';
import type { DemoOptions } from './options.ts';
import { startProxy } from './proxy.ts';

const example = 'examples/container.yaml';
const note = 'written before the pod was deleted';
const ready = ['wait', '--for=condition=Ready', 'container/notes', '--timeout=60s'];

/** Tells the whole story on that cluster; rejects at the first thing that does not hold. */
export async function tell(cluster: Cluster, narrator: Narrator, { keep }: DemoOptions): Promise<void> {
  const kubectl = await createKubectl(cluster.kubeconfigPath);
  const shown = async (args: readonly string[]) => {
    const output = await kubectl(args);
    narrator.command(`kubectl ${args.join(' ')}`, output);
  };

  // Not of the story: what people have somewhere already.
  const store = startStore(kubectl, 'default');
  await narrator.step('The operator is installed: two replicas, one acts and one stands by', async () => {
    await Promise.all([install(cluster, kubectl, narrator), store]);
    await shown(['get', 'pods,leases', '--namespace', usualRelease.namespace]);
  });
  const url = await narrator.step('A Container with a volume and a Service is declared', async () => {
    await shown(['apply', '-f', example]);
    await shown(ready);
    await shown(['get', 'container,statefulset,pod,pvc,service', '-l', 'dokkerr.io/container=notes']);
    return reach(cluster, kubectl);
  });
  await narrator.step('It answers through its Service, and keeps a note on its volume', async () => {
    await fetch(`${url}/notes`, { method: 'POST', body: note });
    narrator.command(`curl ${url}`, await get(url));
  });
  await narrator.step('Its pod is deleted; it answers again, and the note is still there', async () => {
    await shown(['delete', 'pod', 'notes-0', '--now']);
    await shown(ready);
    const notes = await get(`${url}/notes`);
    narrator.command(`curl ${url}/notes`, notes);
    mustHold(notes.includes(note), 'the note was lost with the pod');
  });
  await narrator.step('It is backed up into an object store, encrypted, and every byte of it read back', async () => {
    await shown(['apply', '-f', 'examples/backup.yaml']);
    await shown(['wait', '--for=condition=Ready', 'backup/notes-first', '--timeout=120s']);
    await shown(['get', 'backupstores,backups']);
  });
  await narrator.step('The Container is destroyed, and its volume with it', () => destroy(kubectl, shown));
  await narrator.step('It is declared again, empty, and gets its data back', () =>
    bringBack(cluster, kubectl, narrator, shown),
  );
  await narrator.step('Two replicas, and an update that no request notices', async () =>
    rollUpdate(kubectl, await reach(cluster, kubectl), narrator, shown),
  );
  await narrator.step('What happened, in events', () =>
    shown([
      'get',
      'events.events.k8s.io',
      '--field-selector',
      'regarding.kind=Container',
      '--sort-by=.metadata.creationTimestamp',
    ]),
  );
  if (keep) sayHowToLookAround(cluster, narrator);
}

/** As the README says, on the image of this checkout. */
async function install(cluster: Cluster, kubectl: Kubectl, narrator: Narrator): Promise<void> {
  const helm = await createHelm(cluster.kubeconfigPath);
  const { name, namespace } = usualRelease;
  const args = ['install', name, chart, '--namespace', namespace, '--create-namespace'];
  await helm(args);
  narrator.command(`helm ${args.join(' ')}`);
  await untilServing(kubectl, usualRelease);
}

/** By the Service's own address where this host has a route to it, else through the API server. */
async function reach({ serviceRoute, kubeconfigPath }: Cluster, kubectl: Kubectl): Promise<string> {
  if (serviceRoute === undefined)
    return `${await startProxy(kubeconfigPath)}/api/v1/namespaces/default/services/notes:http/proxy`;
  const service = await kubectl.json<{ spec: { clusterIP: string } }>(['get', 'service', 'notes']);
  return `http://${service.spec.clusterIP}:8080`;
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  mustHold(response.ok, `${url} answered HTTP ${response.status}`);
  return (await response.text()).trim();
}

type Shown = (args: readonly string[]) => Promise<void>;

/** Deleting a Container keeps its data; that too has to go, which the policy that protects it wants to be told. */
async function destroy(kubectl: Kubectl, shown: Shown): Promise<void> {
  await shown(['delete', 'container', 'notes']);
  await shown(['annotate', 'pvc', 'data-notes-0', 'dokkerr.io/allow-deletion=true']);
  await shown(['delete', 'pvc', 'data-notes-0']);
  const left = await kubectl(['get', 'pods,pvc', '-l', 'dokkerr.io/container=notes', '--output', 'name']);
  mustHold(!left.includes('persistentvolumeclaim'), `the volume is still there: ${left}`);
}

/** The proof: what was written before the backup is there, in a volume that was made anew. */
async function bringBack(cluster: Cluster, kubectl: Kubectl, narrator: Narrator, shown: Shown): Promise<void> {
  await shown(['apply', '-f', example]);
  await shown(ready);
  const url = await reach(cluster, kubectl);
  mustHold(!(await get(`${url}/notes`)).includes(note), 'the volume is not a new one');
  await shown(['create', '-f', 'examples/restore.yaml']);
  await shown(['wait', '--for=condition=Ready', 'restore/notes-back', '--timeout=120s']);
  await shown(['get', 'restores']);
  await shown(ready);
  const notes = await get(`${url}/notes`);
  narrator.command(`curl ${url}/notes`, notes);
  mustHold(notes.includes(note), 'the note did not come back');
  const proof = await kubectl([
    'get',
    'restore',
    'notes-back',
    '--output',
    'jsonpath={.status.steps[?(@.name=="VerifyRestoration")].message}',
  ]);
  narrator.note(`proof: ${proof}`);
}

/** Scales to two, then changes image and version under traffic. */
async function rollUpdate(kubectl: Kubectl, url: string, narrator: Narrator, shown: Shown): Promise<void> {
  await shown(['scale', 'container/notes', '--replicas=2']);
  await shown(ready);
  const stop = startTraffic(url, { versionOf: (body) => /^notes (\S+)/.exec(body)?.[1] ?? 'unknown' });
  const updated = (await readFile(example, 'utf8'))
    .replaceAll('1.0', '1.1')
    .replace('spec:\n', 'spec:\n  replicas: 2\n');
  await kubectl(['apply', '-f', '-'], updated);
  narrator.command(`sed 's/1\\.0/1.1/' ${example} | kubectl apply -f -`);
  await shown(ready);
  const { answered, failures, versions } = await stop();
  narrator.note(
    `${answered} requests answered, ${failures.length} failed; versions that answered: ${versions.join(', ')}`,
  );
  mustHold(failures.length === 0, `${failures.length} requests failed during the update: ${failures[0]}`);
  mustHold(versions.includes('1.1'), 'the new version never answered');
}

function mustHold(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function sayHowToLookAround(cluster: Cluster, narrator: Narrator): void {
  const { name, namespace } = usualRelease;
  narrator.note(
    [
      '',
      'The cluster and the operator are still running. Look around:',
      `  export KUBECONFIG=${cluster.kubeconfigPath}`,
      '  kubectl get containers',
      '  kubectl explain container.spec',
      `  kubectl --namespace ${namespace} logs deployment/${name}`,
      `  kubectl get --raw /api/v1/namespaces/${namespace}/services/${name}-metrics:http/proxy/metrics`,
      'and when you have seen enough:',
      `  npm run cluster -- down --name ${cluster.name}`,
    ].join('\n'),
  );
}
