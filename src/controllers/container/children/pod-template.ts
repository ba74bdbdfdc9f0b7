/** The pod every replica is made from: secure unless the spec loosens it, and stopped only after traffic has gone elsewhere. */
import { podResources } from '#contracts/pod/resources.ts';
import type { Container, ContainerVolume } from '#crds/container.ts';
import { appliedHash } from '#runtime/controller/applied-hash.ts';
import { childLabels, selectorLabels } from './labels.ts';

/**
 * Group that owns the files of claims when the spec names none: without one an unprivileged process could not write to
 * a fresh volume. 65532 is the `nonroot` id of the distroless images.
 */
const defaultFsGroup = 65532;

/**
 * Seconds a pod goes on serving after its end was decided, so that every proxy has dropped it from its endpoints first;
 * without it a rolling update fails the requests that are routed in that gap.
 */
const drainSeconds = 3;

/** Tells the pods of one template from those of another, alike for Deployments and StatefulSets. */
export const templateHashAnnotation = 'dokkerr.io/template-hash';

/** The template as a Deployment or StatefulSet takes it. */
export function buildPodTemplate(container: Container) {
  const { metadata, spec } = buildTemplate(container);
  const templateHash = appliedHash({ metadata, spec });
  const annotations = { ...container.spec.podAnnotations, [templateHashAnnotation]: templateHash };
  return { metadata: { ...metadata, annotations }, spec };
}

function buildTemplate(container: Container) {
  const { spec } = container;
  const { scheduling } = spec;
  return {
    metadata: {
      labels: { ...spec.podLabels, ...childLabels(container) },
      ...(spec.podAnnotations === undefined ? {} : { annotations: spec.podAnnotations }),
    },
    spec: {
      containers: [buildMainContainer(container)],
      enableServiceLinks: false,
      automountServiceAccountToken: spec.serviceAccountName !== undefined,
      ...(spec.serviceAccountName === undefined ? {} : { serviceAccountName: spec.serviceAccountName }),
      ...optional('imagePullSecrets', spec.imagePullSecrets),
      securityContext: podSecurityContext(container),
      ...optional('terminationGracePeriodSeconds', spec.terminationGracePeriodSeconds),
      ...optional('nodeSelector', scheduling?.nodeSelector),
      ...optional('tolerations', scheduling?.tolerations),
      ...optional('affinity', scheduling?.affinity),
      ...optional('priorityClassName', scheduling?.priorityClassName),
      ...optional('topologySpreadConstraints', spreadOwnPods(container)),
      ...optional('volumes', podVolumes(spec.volumes)),
    },
  };
}

function buildMainContainer({ metadata, spec }: Container) {
  return {
    name: metadata.name,
    image: spec.image,
    ...optional('imagePullPolicy', spec.imagePullPolicy),
    ...optional('command', spec.command),
    ...optional('args', spec.args),
    ...optional('workingDir', spec.workingDir),
    ...optional('env', spec.env),
    ...optional('envFrom', spec.envFrom),
    ...optional('resources', spec.resources && podResources(spec.resources)),
    ...optional('ports', spec.ports),
    ...optional('startupProbe', spec.probes?.startup),
    ...optional('readinessProbe', spec.probes?.readiness),
    ...optional('livenessProbe', spec.probes?.liveness),
    ...optional(
      'volumeMounts',
      spec.volumes.map(({ name, mountPath, subPath, readOnly }) => ({
        name,
        mountPath,
        ...optional('subPath', subPath),
        ...(readOnly ? { readOnly } : {}),
      })),
    ),
    ...(spec.ports.length === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } }),
    securityContext: containerSecurityContext(spec.securityContext),
  };
}

/** Amounts as the API server writes them: a spec may say `cpu: 1`, a pod always says `"1"`. */
function spreadOwnPods(container: Container) {
  const labelSelector = { matchLabels: selectorLabels(container) };
  return container.spec.scheduling?.topologySpread?.map((constraint) => ({ ...constraint, labelSelector }));
}

function podSecurityContext({ spec }: Container) {
  const asked = spec.securityContext;
  const hasClaims = spec.volumes.some((volume) => volume.claim !== undefined);
  const fsGroup = asked?.fsGroup ?? (hasClaims ? (asked?.runAsGroup ?? defaultFsGroup) : undefined);
  return {
    runAsNonRoot: asked?.runAsNonRoot ?? true,
    seccompProfile: asked?.seccompProfile ?? { type: 'RuntimeDefault' },
    ...optional('runAsUser', asked?.runAsUser),
    ...optional('runAsGroup', asked?.runAsGroup),
    ...optional('supplementalGroups', asked?.supplementalGroups),
    // OnRootMismatch: a large volume is not chowned file by file at every start.
    ...(fsGroup === undefined ? {} : { fsGroup, fsGroupChangePolicy: 'OnRootMismatch' }),
  };
}

function containerSecurityContext(asked: Container['spec']['securityContext']) {
  return {
    allowPrivilegeEscalation: asked?.allowPrivilegeEscalation ?? false,
    capabilities: { drop: ['ALL'], ...optional('add', asked?.capabilities?.add) },
    ...optional('readOnlyRootFilesystem', asked?.readOnlyRootFilesystem),
  };
}

/** Claims are mounted by the StatefulSet's templates, so they have no entry here. */
function podVolumes(volumes: Container['spec']['volumes']) {
  return volumes.filter((volume) => volume.claim === undefined).map(podVolume);
}

function podVolume({ name, existingClaim, configMap, secret, emptyDir, readOnly }: ContainerVolume) {
  if (existingClaim !== undefined) {
    return { name, persistentVolumeClaim: { claimName: existingClaim.claimName, ...(readOnly ? { readOnly } : {}) } };
  }
  if (configMap !== undefined) return { name, configMap };
  if (secret !== undefined) return { name, secret };
  return { name, emptyDir: emptyDir ?? {} };
}

/** `{ key: value }`, or nothing for an absent or empty value: the API server drops empty ones, and so do we. */
function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  const empty = value === undefined || (Array.isArray(value) && value.length === 0);
  return empty ? {} : ({ [key]: value } as Record<K, V>);
}
