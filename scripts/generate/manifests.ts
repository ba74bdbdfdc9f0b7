/** `config/`: the operator's account, roles and Deployment as static YAML: by part, as kustomize bases, and as one file. */
import { controllerConfig, parseConfig } from '../../src/config.ts';
import { crdOf } from '../../src/crds/generate/crd.ts';
import { version } from '../../src/identity.ts';
import { admissionPolicies, webhookConfiguration, webhookNames, webhookService } from '../../src/install/admission.ts';
import { ownNamespace } from '../../src/install/namespace.ts';
import { permissions } from '../../src/install/permissions.ts';
import type { Placement } from '../../src/install/placement.ts';
import { clusterRbac, namespacedRbac, ownRbac, serviceAccount } from '../../src/install/rbac.ts';
import { deployment, disruptionBudget } from '../../src/install/workload.ts';
import { findKinds } from './kinds.ts';
import { type GeneratedFile, type Generator, marker } from './registry.ts';
import { toYaml } from './yaml.ts';

const placement: Placement = {
  name: 'dokkerr',
  namespace: 'dokkerr-system',
  image: `localhost/dokkerr:${version}`,
  version,
};
const granted = permissions({
  lease: parseConfig(controllerConfig, {}).leaseName,
  webhooks: webhookNames(placement),
});
const account = [serviceAccount(placement), ...ownRbac(placement, granted)];
const roles = clusterRbac(placement, granted);
const workload = [deployment(placement), disruptionBudget(placement)];
const policies = admissionPolicies(placement);
const webhook = [webhookService(placement), webhookConfiguration(placement)];

/** What the operator may do. */
const rbac = folder('rbac', 'config/rbac', [
  ['account.yaml', account],
  ['role.yaml', roles],
  ['kustomization.yaml', [kustomization('account.yaml', 'role.yaml')]],
]);

/** The same for one of the namespaces of `--namespaces`, in place of the ClusterRole. */
const namespaced = folder('rbac-namespaced', 'config/rbac/namespaced', [
  ['role.yaml', namespacedRbac(placement, granted)],
]);

const manager = folder('manager', 'config/manager', [
  ['namespace.yaml', [ownNamespace(placement)]],
  ['deployment.yaml', workload],
  ['kustomization.yaml', [kustomization('namespace.yaml', 'deployment.yaml')]],
]);

/** What API servers judge by themselves, and what they ask the operator about. */
const admission = folder('admission', 'config/admission', [
  ['policies.yaml', policies],
  ['webhook.yaml', webhook],
  ['kustomization.yaml', [kustomization('policies.yaml', 'webhook.yaml')]],
]);

/** A base to build upon: everything but the definitions, which outlive what uses them. */
const base = folder('default', 'config/default', [
  ['kustomization.yaml', [kustomization('../manager', '../rbac', '../admission')]],
]);

const install: Generator = {
  name: 'install',
  folder: 'config',
  async generate() {
    const definitions = (await findKinds()).map(crdOf);
    const objects = [...definitions, ...account, ...roles, ...workload, ...policies, ...webhook];
    return [file('config/install.yaml', [ownNamespace(placement), ...objects])];
  },
};

/** Static YAML of everything that runs the operator. */
export const manifests: readonly Generator[] = [rbac, namespaced, manager, admission, base, install];

function folder(name: string, path: string, files: readonly (readonly [string, readonly object[]])[]): Generator {
  const generate = async () => files.map(([fileName, objects]) => file(`${path}/${fileName}`, objects));
  return { name, folder: path, generate };
}

function file(path: string, objects: readonly object[]): GeneratedFile {
  const documents = objects.map(toYaml);
  return { path, content: `# ${marker}\n${documents.join('---\n')}` };
}

function kustomization(...resources: readonly string[]): object {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources };
}
