/** The operator as its users have it: the image of this checkout, installed from the chart by Helm. */
import { CommandError } from '#cluster/command.ts';
import type { Kubectl } from '#cluster/kubectl.ts';
import { waitUntil } from '#cluster/wait.ts';
import type { PolicyRule } from '#runtime/controller/types.ts';
import type { Helm } from './helm.ts';

/** The chart of this checkout. */
export const chart = 'charts/dokkerr';

/** A release of the chart. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** The one that README and docs install. */
export const usualRelease: Release = { name: 'dokkerr', namespace: 'dokkerr-system' };

export interface Tools {
  readonly helm: Helm;
  readonly kubectl: Kubectl;
}

export interface InstallOptions {
  /** Default: that of this checkout. */
  readonly chart?: string;
  readonly values?: object;
  /** further arguments of `helm upgrade --install` */
  readonly flags?: readonly string[];
}

/** Installs or upgrades; resolves when every replica is Ready and admission, if the chart brings it, is answered. */
export async function installRelease(tools: Tools, release: Release, options: InstallOptions = {}): Promise<void> {
  await applyRelease(tools, release, options);
  await untilServing(tools.kubectl, release);
}

/** Installs or upgrades, to these values and no others, and leaves it to the pods what becomes of it. */
export async function applyRelease({ helm }: Tools, release: Release, options: InstallOptions = {}): Promise<void> {
  const { chart: path = chart, values = {}, flags = [] } = options;
  const { name, namespace } = release;
  const args = ['upgrade', '--install', name, path, '--namespace', namespace, '--create-namespace', '--reset-values'];
  await helm([...args, ...flags, '--values', '-'], JSON.stringify(values));
}

/** The name of its objects, as the chart makes it. */
export function installationOf({ name }: Release): string {
  return name.includes('dokkerr') ? name : `${name}-dokkerr`;
}

/** As `kubectl --selector` takes it: every object of the release. */
export function selectorOf(release: Release): string {
  return `app.kubernetes.io/instance=${installationOf(release)}`;
}

/** How the API server calls the operator's account. */
export function userOf(release: Release): string {
  return `system:serviceaccount:${release.namespace}:${installationOf(release)}`;
}

/** Everything the release's roles grant, whatever their names. */
export async function grantedTo(kubectl: Kubectl, release: Release): Promise<PolicyRule[]> {
  const of = ['get', 'clusterroles,roles', '--all-namespaces', '--selector', selectorOf(release)];
  const { items } = await kubectl.json<{ items: { rules: PolicyRule[] }[] }>(of);
  return items.flatMap(({ rules }) => rules);
}

/** What its living pods wrote to their logs, a line of JSON each. */
export function logOf(kubectl: Kubectl, release: Release): Promise<string> {
  return kubectl(['logs', '--namespace', release.namespace, '--selector', selectorOf(release), '--tail=-1']);
}

/** Resolves when every replica is Ready and, where the chart brings admission, the API server gets answers from it. */
export async function untilServing(kubectl: Kubectl, release: Release): Promise<void> {
  const { namespace } = release;
  const deployment = `deployment/${installationOf(release)}`;
  try {
    await kubectl(['rollout', 'status', deployment, '--namespace', namespace, '--timeout=90s']);
  } catch (error) {
    const pods = await kubectl(['describe', 'pods', '--namespace', namespace, '--selector', selectorOf(release)]);
    throw new Error(`${deployment} did not get ready:\n${pods}`, { cause: error });
  }
  if (await hasAdmission(kubectl, release)) await untilReviewing(kubectl);
}

/** Whether the chart brought webhooks with the release. */
export async function hasAdmission(kubectl: Kubectl, release: Release): Promise<boolean> {
  const found = ['get', 'validatingwebhookconfigurations', '--selector', selectorOf(release), '--output', 'name'];
  return (await kubectl(found)) !== '';
}

/** Looks again, since nobody tells when an API server got word of a certificate and a Service. */
export function untilReviewing(kubectl: Kubectl, namespace = 'default'): Promise<void> {
  return waitUntil('an answer of the webhooks', () => isReviewed(kubectl, namespace), {
    timeoutMs: 60_000,
    intervalMs: 100,
  });
}

/** A Container of which only a webhook has something to say: that a claim is not there. */
const doubtful = {
  apiVersion: 'dokkerr.io/v1alpha1',
  kind: 'Container',
  metadata: { name: 'is-it-reviewed' },
  spec: {
    image: 'localhost/notes:1.0',
    volumes: [{ name: 'data', mountPath: '/data', existingClaim: { claimName: 'nowhere' } }],
  },
};

/** Whether the API server asks a webhook and gets an answer, seen by its warning. */
export async function isReviewed(kubectl: Kubectl, namespace = 'default'): Promise<boolean> {
  const args = ['create', '--namespace', namespace, '--dry-run=server', '--warnings-as-errors', '--filename', '-'];
  try {
    await kubectl(args, JSON.stringify(doubtful));
    return false;
  } catch (error) {
    if (error instanceof CommandError && error.stderr.includes('claim nowhere does not exist yet')) return true;
    throw error;
  }
}
