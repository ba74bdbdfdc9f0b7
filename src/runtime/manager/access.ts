/** Which kinds the operator's account may watch in the whole cluster, asked of the API server before anything is watched. */
import { apiVersionOf, type Client, type Kind, type KubernetesObject } from '../client/types.ts';

interface AccessReview extends KubernetesObject {
  spec: { resourceAttributes: { group: string; version: string; resource: string; verb: string } };
  status?: { allowed: boolean };
}

const accessReview: Kind<AccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

/** Those of `kinds` that may not be listed or not be watched. */
export async function unreadableKinds(client: Client, kinds: readonly Kind[], signal?: AbortSignal): Promise<Kind[]> {
  const unreadable: Kind[] = [];
  for (const kind of kinds) {
    const answers = await Promise.all(['list', 'watch'].map((verb) => isAllowed(client, kind, verb, signal)));
    if (answers.includes(false)) unreadable.push(kind);
  }
  return unreadable;
}

async function isAllowed(client: Client, kind: Kind, verb: string, signal?: AbortSignal): Promise<boolean> {
  const { group, version, plural: resource } = kind;
  const { status } = await client.create(
    accessReview,
    {
      apiVersion: apiVersionOf(accessReview),
      kind: accessReview.kind,
      metadata: { name: '' },
      spec: { resourceAttributes: { group, version, resource, verb } },
    },
    signal === undefined ? {} : { signal },
  );
  return status?.allowed === true;
}
