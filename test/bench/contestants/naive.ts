/**
 * The operator most people would write first: client-node's informer, one handler an event, create or replace, and a
 * status update at the end. It makes the same Deployment and Service, through the same builders.
 */
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  type KubernetesObject,
  makeInformer,
  type V1Deployment,
  type V1Service,
} from '@kubernetes/client-node';
import { Container } from '#crds/container.ts';
import { buildDeployment } from '#src/controllers/container/children/deployment.ts';
import { buildService } from '#src/controllers/container/children/service.ts';

const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
const apps = kubeConfig.makeApiClient(AppsV1Api);
const core = kubeConfig.makeApiClient(CoreV1Api);
const custom = kubeConfig.makeApiClient(CustomObjectsApi);
const { group, version, plural } = Container;

async function reconcile(container: Container): Promise<void> {
  const { name, namespace = 'default', generation, uid = '' } = container.metadata;
  if (container.status?.observedGeneration === generation) return;
  const ownerReferences = [{ apiVersion: container.apiVersion, kind: container.kind, name, uid, controller: true }];
  const deployment = buildDeployment(container, { replicas: container.spec.replicas, exclusiveVolume: false });
  const service = buildService(container);
  // The builders make plain JSON; client-node's classes differ from it in their dates only.
  const owned = <T>(child: { metadata: object }) =>
    ({ ...child, metadata: { ...child.metadata, ownerReferences } }) as T;
  await ifAbsent(apps.createNamespacedDeployment({ namespace, body: owned<V1Deployment>(deployment) }));
  if (service !== undefined)
    await ifAbsent(core.createNamespacedService({ namespace, body: owned<V1Service>(service) }));
  const at = { group, version, namespace, plural, name };
  const latest = (await custom.getNamespacedCustomObject(at)) as object;
  const status = { observedGeneration: generation, phase: 'Creating' };
  await custom.replaceNamespacedCustomObjectStatus({ ...at, body: { ...latest, status } });
}

async function ifAbsent(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 409) throw error;
  }
}

const informer = makeInformer<KubernetesObject>(
  kubeConfig,
  `/apis/${group}/${version}/${plural}`,
  () => custom.listClusterCustomObject({ group, version, plural }) as Promise<never>,
);
const handle = (object: KubernetesObject) => {
  // What the API server sends is the same JSON; client-node's type differs from it in its dates only.
  reconcile(object as unknown as Container).catch((error: unknown) => {
    console.error(error instanceof ApiException ? `HTTP ${error.code}` : error);
    setTimeout(() => handle(object), 1000);
  });
};
informer.on('add', handle);
informer.on('update', handle);
// As client-node's own example does: without it the informer stops for ever at the first error.
informer.on('error', () => setTimeout(start, 1000));
function start(): void {
  informer.start().catch((error: unknown) => console.error(error));
}
start();
console.log(JSON.stringify({ port: 0 }));
