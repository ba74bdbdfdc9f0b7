/** `charts/dokkerr/`: what the chart shares with the program: its version, the definitions of its kinds, what it may do. */
import { crdOf } from '../../src/crds/generate/crd.ts';
import { version } from '../../src/identity.ts';
import { permissions } from '../../src/install/permissions.ts';
import { mergeRules } from '../../src/runtime/controller/rbac.ts';
import { buildWebhookConfiguration } from '../../src/webhooks/configuration.ts';
import { clusterPermissions, namespacePermissions } from '../../src/webhooks/permissions.ts';
import { buildPolicies } from '../../src/webhooks/policies.ts';
import { validatingWebhooks } from '../../src/webhooks/webhooks.ts';
import { dashboard } from './chart-dashboard.ts';
import { findKinds } from './kinds.ts';
import { type GeneratedFile, type Generator, marker } from './registry.ts';
import { toYaml } from './yaml.ts';

const folder = 'charts/dokkerr';

/**
 * Filled in by Helm: two releases in one namespace must not share a lease. In backquotes, which stay what they are however
 * YAML quotes the text they stand in.
 */
const named = (template: string) => `{{ include \`dokkerr.${template}\` . }}`;
const lease = named('leaseName');
const releaseNamespace = '{{ .Release.Namespace }}';
const webhooks = { secret: named('webhookSecret'), configuration: named('clusterName') };

const metadata: Generator = {
  name: 'chart',
  folder,
  async generate() {
    const chart = {
      apiVersion: 'v2',
      name: 'dokkerr',
      description: 'Dokkerr, one Kubernetes operator for containers with their volumes and networks.',
      type: 'application',
      version,
      appVersion: version,
      kubeVersion: '>=1.31.0-0',
      keywords: ['operator', 'containers', 'backup', 'migration'],
    };
    return [file(`${folder}/Chart.yaml`, chart)];
  },
};

/** Deleting a definition deletes every object of its kind: neither Helm nor Argo CD may do that by the way. */
const keep = {
  'helm.sh/resource-policy': 'keep',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
};

/** As templates, not as Helm's `crds/`, which no upgrade ever touches. */
const crds: Generator = {
  name: 'chart-crds',
  folder: `${folder}/files/crds`,
  async generate() {
    return (await findKinds()).map((kind) => {
      const crd = crdOf(kind);
      const kept = { ...crd, metadata: { ...crd.metadata, annotations: keep } };
      return file(`${folder}/files/crds/${kind.group}_${kind.plural}.yaml`, kept);
    });
  },
};

const parts: Generator = {
  name: 'chart-files',
  folder: `${folder}/files`,
  async generate() {
    const { cluster, served, named: inEach, own } = permissions({ lease });
    return [
      file(`${folder}/files/rules-cluster.yaml`, mergeRules([...cluster, ...served])),
      file(`${folder}/files/rules-namespace.yaml`, mergeRules([...served, ...inEach])),
      file(`${folder}/files/rules-own.yaml`, mergeRules(own)),
      file(`${folder}/files/rules-webhook-cluster.yaml`, clusterPermissions(webhooks)),
      file(`${folder}/files/rules-webhook-own.yaml`, namespacePermissions(webhooks)),
      file(`${folder}/files/webhook.yaml`, webhookConfiguration),
      file(`${folder}/files/policies.yaml`, policies),
      file(`${folder}/files/dashboard.yaml`, dashboard),
    ];
  },
};

/** Labels and failurePolicy are the template's to add. */
const webhookConfiguration = buildWebhookConfiguration({
  name: webhooks.configuration,
  namespace: releaseNamespace,
  endpoint: { service: named('webhookService') },
  webhooks: validatingWebhooks,
});

const policies = buildPolicies({
  name: named('clusterName'),
  operators: [`system:serviceaccount:${releaseNamespace}:${named('accountName')}`],
}).flatMap(({ policy, binding }) => [policy, binding]);

/** What of the chart is generated. */
export const chart: readonly Generator[] = [metadata, crds, parts];

function file(path: string, content: object): GeneratedFile {
  return { path, content: `# ${marker}\n${toYaml(content)}` };
}
