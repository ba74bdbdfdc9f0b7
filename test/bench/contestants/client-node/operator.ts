/**
 * The Widget operator as somebody who knows client-node would write it without a framework: its informer, a set of names
 * that wait, as many workers as asked for, and the informer started again at every error.
 */
import {
  ApiException,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';

interface Widget extends KubernetesObject {
  spec: { text: string };
  status?: { observedGeneration?: number; conditions?: { type: string; status: string }[] };
}

const at = { group: 'test.dokkerr.io', version: 'v1', plural: 'widgets' };
const finalizer = 'test.dokkerr.io/widget';
const fieldManager = 'widget-operator';
const concurrency = Number(process.env.CONCURRENCY ?? 10);
const retryMs = 1000;

const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
const core = kubeConfig.makeApiClient(CoreV1Api);
const custom = kubeConfig.makeApiClient(CustomObjectsApi);
const merging = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const applying = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);

const informer = makeInformer<Widget>(
  kubeConfig,
  `/apis/${at.group}/${at.version}/${at.plural}`,
  () => custom.listClusterCustomObject(at) as Promise<KubernetesListObject<Widget>>,
);

async function reconcile({ apiVersion, kind, metadata, spec, status }: Widget): Promise<void> {
  const { name = '', namespace = '', uid = '', generation, resourceVersion } = metadata ?? {};
  const finalizers = metadata?.finalizers ?? [];
  const isHeld = finalizers.includes(finalizer);
  const patchFinalizers = (wanted: string[]) => {
    const body = { metadata: { resourceVersion, finalizers: wanted } };
    return custom.patchNamespacedCustomObject({ ...at, namespace, name, body }, merging);
  };
  if (metadata?.deletionTimestamp !== undefined) {
    if (isHeld) await patchFinalizers(finalizers.filter((one) => one !== finalizer));
    return;
  }
  if (status?.observedGeneration === generation) return;
  if (!isHeld) await patchFinalizers([...finalizers, finalizer]);
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/managed-by': fieldManager },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }],
    },
    data: { text: spec.text },
  };
  await core.patchNamespacedConfigMap({ namespace, name, body, fieldManager, force: true }, applying);
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Written',
    message: 'the text is written',
    observedGeneration: generation,
    lastTransitionTime: new Date().toISOString(),
  };
  const stated = { status: { observedGeneration: generation, conditions: [condition] } };
  await custom.patchNamespacedCustomObjectStatus({ ...at, namespace, name, body: stated }, merging);
}

/** Names that wait for a worker, as `namespace/name`; one that is at work already is taken up again after it. */
const waiting = new Set<string>();
const atWork = new Set<string>();

function wake({ metadata }: Widget): void {
  waiting.add(`${metadata?.namespace}/${metadata?.name}`);
  work();
}

function work(): void {
  for (const key of waiting) {
    if (atWork.size >= concurrency) return;
    if (atWork.has(key)) continue;
    waiting.delete(key);
    atWork.add(key);
    void pass(key);
  }
}

async function pass(key: string): Promise<void> {
  const [namespace = '', name = ''] = key.split('/');
  const widget = informer.get(name, namespace);
  try {
    if (widget !== undefined) await reconcile(widget);
  } catch (error) {
    const isGone = error instanceof ApiException && error.code === 404;
    if (!isGone && widget !== undefined) setTimeout(wake, retryMs, widget);
  } finally {
    atWork.delete(key);
    work();
  }
}

informer.on('add', wake);
informer.on('update', wake);
// As client-node's own example does: without it the informer stops for ever at the first error.
informer.on('error', () => setTimeout(start, retryMs));
function start(): void {
  informer.start().catch((error: unknown) => console.error(error));
}
start();
