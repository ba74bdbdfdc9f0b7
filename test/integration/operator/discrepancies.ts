/** What a Container's declaration asks the cluster to hold, written down a second time and compared with what it holds. */
import { Container, type ContainerSpecInput } from '#crds/container.ts';
import type { Cache } from '#runtime/cache/types.ts';
import {
  Deployment,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Service,
  StatefulSet,
} from '#runtime/client/kinds.ts';
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';

const label = 'dokkerr.io/container';
const children: readonly Kind[] = [Deployment, StatefulSet, Service, NetworkPolicy, PodDisruptionBudget];

/** Every kind that `discrepancies` looks at. */
export const comparedKinds: readonly Kind[] = [Container, PersistentVolumeClaim, ...children];

/**
 * A sentence for everything in the namespace that is not as the Containers declare it, whose own specs must be `specs`:
 * what is missing, what differs, what has no Container any more.
 */
export function discrepancies(
  cache: Cache,
  namespace: string,
  specs: ReadonlyMap<string, ContainerSpecInput>,
): string[] {
  const containers = new Map(
    cache
      .informer(Container)
      .list(namespace)
      .map((object) => [object.metadata.name, object]),
  );
  const lost = [...specs.keys()].filter((name) => !containers.has(name));
  return [
    ...lost.map((name) => `Container ${name} is missing`),
    ...[...containers.values()].flatMap((container) => {
      const spec = specs.get(container.metadata.name);
      return spec === undefined
        ? [`Container ${container.metadata.name} was deleted`]
        : [...wrongStatus(container), ...wrongChildren(cache, container, spec)];
    }),
    ...children.flatMap((kind) => orphans(cache, kind, containers, namespace)),
  ];
}

function wrongStatus({ metadata, spec, status }: Container): string[] {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  // No claim is ever bound here.
  const claims = spec.volumes.some(({ claim }) => claim !== undefined);
  return [
    ...(status?.observedGeneration === metadata.generation
      ? []
      : [`${metadata.name}: its newest spec was not observed`]),
    ...(ready?.status === 'True' || claims ? [] : [`${metadata.name}: Ready is ${ready?.status}, ${ready?.message}`]),
  ];
}

function wrongChildren(cache: Cache, { metadata }: Container, spec: ContainerSpecInput): string[] {
  const { name } = metadata;
  const replicas = spec.suspend === true ? 0 : (spec.replicas ?? 1);
  const claimed = spec.volumes?.some(({ claim }) => claim !== undefined) ?? false;
  const expected = new Map<Kind, boolean>([
    [Deployment, !claimed],
    [StatefulSet, claimed],
    [Service, spec.network?.service !== 'None'],
    [NetworkPolicy, spec.network?.isolate === true],
    [PodDisruptionBudget, replicas > 1],
  ]);
  const found = (kind: Kind) => cache.informer(kind).get({ namespace: metadata.namespace ?? '', name });
  const presence = [...expected].flatMap(([kind, wanted]) => {
    const object = found(kind);
    if (wanted && object === undefined) return [`${name}: no ${kind.kind}`];
    return !wanted && object !== undefined ? [`${name}: a ${kind.kind} too many`] : [];
  });
  const workload = found(claimed ? StatefulSet : Deployment) as Deployment | StatefulSet | undefined;
  return [...presence, ...(workload === undefined ? [] : wrongWorkload(name, workload, spec, replicas))];
}

function wrongWorkload(
  name: string,
  workload: Deployment | StatefulSet,
  { image, env = [] }: ContainerSpecInput,
  replicas: number,
): string[] {
  const [main] = workload.spec.template.spec?.containers ?? [];
  const has = main?.env?.map((variable) => variable.value).join();
  const wanted = env.map((variable) => variable.value).join();
  return [
    ...(main?.image === image ? [] : [`${name}: image ${main?.image}, declared ${image}`]),
    ...(has === wanted ? [] : [`${name}: environment ${has}, declared ${wanted}`]),
    ...(workload.spec.replicas === replicas
      ? []
      : [`${name}: ${workload.spec.replicas} replicas, declared ${replicas}`]),
  ];
}

/** Children whose Container is gone, or was another of the same name; and any under a name that no child has. */
function orphans(cache: Cache, kind: Kind, containers: ReadonlyMap<string, Container>, namespace: string): string[] {
  const isOwned = ({ metadata }: KubernetesObject) => {
    const uid = containers.get(metadata.name)?.metadata.uid;
    const [owner, ...others] = metadata.ownerReferences ?? [];
    return uid !== undefined && metadata.labels?.[label] === metadata.name && owner?.uid === uid && others.length === 0;
  };
  return cache
    .informer(kind)
    .list(namespace)
    .filter((object) => object.metadata.labels?.[label] !== undefined && !isOwned(object))
    .map(({ metadata }) => `${kind.kind} ${metadata.name} has no Container`);
}
