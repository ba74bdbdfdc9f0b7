/** Before anything starts: are the operator's kinds installed, and may it do what it was declared to do. */
import { Namespace } from '../client/kinds.ts';
import { apiVersionOf, type Client, type Kind, type KubernetesObject } from '../client/types.ts';
import { isServed } from '../controller/discovery.ts';
import type { PolicyRule } from '../controller/types.ts';
import { DokkerrError } from '../errors.ts';

/** What the operator must be permitted, and where. */
export interface NeededGrant {
  /** where to look; permissions given for the whole cluster show in every namespace */
  readonly namespace: string;
  /** see `policyRules` */
  readonly rules: readonly PolicyRule[];
  /** by which the user named the namespace, which has to exist then: `--namespaces` */
  readonly flag?: string;
}

export interface StartCheck {
  /** kinds that must be served: those of the controllers */
  readonly kinds: readonly Kind[];
  readonly grants: readonly NeededGrant[];
  /** how to install the kinds: `kubectl apply -f config/crd` */
  readonly installKinds: string;
  /** how to grant the permissions: `kubectl apply -f config/rbac` */
  readonly grantRules: string;
}

/**
 * Resolves when everything needed is there.
 * @throws DKR_CRD_MISSING, DKR_API_FORBIDDEN, DKR_CONFIG_INVALID for a namespace that does not exist; each one line with
 * all that is missing and the cure
 */
export async function checkStart(client: Client, check: StartCheck, signal?: AbortSignal): Promise<void> {
  const missing: Kind[] = [];
  for (const kind of check.kinds) if (!(await isServed(client, kind, signal))) missing.push(kind);
  if (missing.length > 0) {
    const names = missing.map((kind) => `${kind.kind} (${apiVersionOf(kind)})`).join(', ');
    const message = `the cluster does not know ${names}; install the custom resource definitions: ${check.installKinds}`;
    throw new DokkerrError('DKR_CRD_MISSING', message);
  }
  const denied: string[] = [];
  for (const grant of check.grants) denied.push(...(await deniedPermissions(client, grant, signal)));
  if (denied.length === 0) return;
  const [first = '', ...others] = denied;
  const more = others.length === 0 ? '' : ` (and ${others.length} more permissions)`;
  throw new DokkerrError(
    'DKR_API_FORBIDDEN',
    `the operator's account may not ${first}${more}; grant its role: ${check.grantRules}`,
  );
}

interface RulesReview extends KubernetesObject {
  spec?: { namespace: string };
  status?: { resourceRules?: readonly Granted[]; incomplete?: boolean };
}

interface Granted {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

const rulesReview: Kind<RulesReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
};

/**
 * What is needed and not granted, as people say it: `watch deployments.apps`. Nothing when the authorizer cannot list its
 * rules (`incomplete`, as webhooks answer): then the first refusal will tell.
 */
async function deniedPermissions(client: Client, needed: NeededGrant, signal?: AbortSignal): Promise<string[]> {
  const { namespace, rules, flag } = needed;
  const review = {
    apiVersion: apiVersionOf(rulesReview),
    kind: rulesReview.kind,
    metadata: { name: '' },
    spec: { namespace },
  };
  const { status } = await client.create(rulesReview, review, signal === undefined ? {} : { signal });
  const granted = status?.resourceRules ?? [];
  if (flag !== undefined && missingOf(namespaceReading, granted).length === 0)
    await mustExist(client, namespace, flag, signal);
  const denied = rules.flatMap((rule) => missingOf(rule, granted));
  if (status?.incomplete === true) return [];
  return flag !== undefined ? denied.map((permission) => `${permission} in namespace ${namespace}`) : denied;
}

/** Lets a namespace that was misspelt be told from one without permissions; a Role in the namespace itself can
 * grant it. */
export const namespaceReading: PolicyRule = { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] };

async function mustExist(client: Client, name: string, flag: string, signal?: AbortSignal): Promise<void> {
  if ((await client.get(Namespace, { name }, signal === undefined ? {} : { signal })) !== undefined) return;
  throw new DokkerrError('DKR_CONFIG_INVALID', `namespace ${name} does not exist; create it, or correct ${flag}`);
}

/** The permissions of one rule that no granted rule covers. Pure. */
export function missingOf(rule: PolicyRule, granted: readonly Granted[]): string[] {
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs
        .filter((verb) => !granted.some((grant) => covers(grant, { group, resource, verb, names: rule.resourceNames })))
        .map((verb) => `${verb} ${resource}${group === '' ? '' : `.${group}`}`),
    ),
  );
}

interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** only these objects; all when absent */
  readonly names: readonly string[] | undefined;
}

function covers(grant: Granted, { group, resource, verb, names }: Permission): boolean {
  const { verbs, apiGroups = [], resources = [], resourceNames = [] } = grant;
  const anyParent = resource.includes('/') ? `*${resource.slice(resource.indexOf('/'))}` : resource;
  return (
    (resourceNames.length === 0 || names?.every((name) => resourceNames.includes(name)) === true) &&
    includesAny(verbs, verb) &&
    includesAny(apiGroups, group) &&
    (includesAny(resources, resource) || resources.includes(anyParent))
  );
}

function includesAny(words: readonly string[], word: string): boolean {
  return words.includes('*') || words.includes(word);
}
