/** The operator's Deployment and what keeps it running, as Kubernetes objects fit for a `restricted` namespace. Pure. */
import { Deployment, PodDisruptionBudget } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { webhookPort } from './admission.ts';
import { commonLabels, type Placement, selectorLabels } from './placement.ts';

/** One acts and one stands by. */
const replicas = 2;
/** Where `/healthz`, `/readyz` and `/metrics` are served. */
export const httpPort = 8080;
/** Seconds; more than the 20 s after which the operator gives up what does not stop. */
const gracePeriod = 30;
/** The user of the image. */
const user = 65532;

export function deployment(placement: Placement): Applied<Deployment> {
  const { name, namespace } = placement;
  const labels = commonLabels(placement);
  const selector = selectorLabels(placement);
  return {
    apiVersion: apiVersionOf(Deployment),
    kind: Deployment.kind,
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: { ...labels } },
        spec: {
          serviceAccountName: name,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: user,
            runAsGroup: user,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          terminationGracePeriodSeconds: gracePeriod,
          topologySpreadConstraints: [
            spread('kubernetes.io/hostname', selector),
            spread('topology.kubernetes.io/zone', selector),
          ],
          containers: [container(placement)],
        },
      },
    },
  };
}

/** Preferred, not demanded: on a cluster of one node both replicas run there. */
function spread(topologyKey: string, matchLabels: Record<string, string>) {
  return { topologyKey, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels } };
}

function container({ image }: Placement) {
  const probe = (path: string) => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 5 });
  return {
    name: 'operator',
    image,
    args: [
      'controller',
      '--leader-elect',
      `--listen=:${httpPort}`,
      `--webhook-listen=:${webhookPort}`,
      `--mover-image=${image}`,
    ],
    ports: [
      { name: 'http', containerPort: httpPort },
      { name: 'webhook', containerPort: webhookPort },
    ],
    // A start that takes longer is caught by the liveness probe afterwards; a slow API server must not look like a crash.
    startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 3 },
    // `kubectl describe pod` then shows why the program ended.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

/** A drain takes one replica at a time, so that there is always one to take over. */
export function disruptionBudget(placement: Placement): Applied<PodDisruptionBudget> {
  const { name, namespace } = placement;
  return {
    apiVersion: apiVersionOf(PodDisruptionBudget),
    kind: PodDisruptionBudget.kind,
    metadata: { name, namespace, labels: commonLabels(placement) },
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(placement) } },
  };
}
