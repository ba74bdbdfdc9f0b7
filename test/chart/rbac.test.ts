import { describe, expect, test } from 'vitest';
import type { PolicyRule } from '#runtime/controller/types.ts';
import { permissions } from '#src/install/permissions.ts';
import { type Binding, clusterRbac, namespacedRbac, ownRbac, type Role } from '#src/install/rbac.ts';
import { namespacePermissions } from '#webhooks/permissions.ts';
import { ofKind, only, render } from './release.ts';

const placement = { name: 'dokkerr', namespace: 'dokkerr-system', image: 'any', version: 'any' };
/** As a release of that name has it: objects of the cluster carry the namespace in their names. */
const webhooks = { secret: 'dokkerr-webhook-certificate', configuration: 'dokkerr-system-dokkerr' };
const granted = permissions({ lease: 'dokkerr-leader', webhooks });

/** The rules of the role among what the project's own YAML is made of. */
function rulesIn(objects: readonly (Role | Binding)[]): readonly PolicyRule[] {
  return objects.flatMap((object) => ('rules' in object ? object.rules : []));
}

/** Each single permission: however rules are cut, they grant the same when these are the same. */
function permissionsIn(rules: readonly PolicyRule[]): Set<string> {
  const single = rules.flatMap(({ apiGroups, resources, verbs, resourceNames = ['*'] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => resourceNames.map((name) => `${verb} ${group}/${resource} ${name}`)),
      ),
    ),
  );
  return new Set(single);
}

describe('for the whole cluster', () => {
  test('the ClusterRole and the Role grant what the controllers declare, and nothing else', async () => {
    const objects = await render();
    const rulesOf = (kind: string) => permissionsIn(only<Role>(objects, kind).rules);
    expect(rulesOf('ClusterRole')).toEqual(permissionsIn(rulesIn(clusterRbac(placement, granted))));
    expect(rulesOf('Role')).toEqual(permissionsIn(rulesIn(ownRbac(placement, granted))));
  });

  test('the bindings give each role to the account the pods run as', async () => {
    const objects = await render({}, { name: 'blue', namespace: 'team-blue' });
    for (const kind of ['ClusterRole', 'Role']) {
      const { roleRef, subjects } = only<Binding>(objects, `${kind}Binding`);
      expect(roleRef).toMatchObject({ kind, name: only(objects, kind).metadata.name });
      expect(subjects).toEqual([{ kind: 'ServiceAccount', namespace: 'team-blue', name: 'blue-dokkerr' }]);
    }
    expect(only(objects, 'Deployment')).toMatchObject({
      spec: { template: { spec: { serviceAccountName: 'blue-dokkerr' } } },
    });
  });
});

describe('for some namespaces', () => {
  test('there is a Role in each of them and nothing on the cluster', async () => {
    const objects = await render({ namespaces: ['shop', 'blog'] });
    expect(objects.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
    const served = ofKind<Role>(objects, 'Role').filter(({ metadata }) => metadata.name !== 'dokkerr-own');
    expect(served.map(({ metadata }) => metadata.namespace ?? '').toSorted()).toEqual(['blog', 'shop']);
    for (const { rules } of served) expect(rules).toEqual(rulesIn(namespacedRbac(placement, granted)));
    const bindings = ofKind<Binding>(objects, 'RoleBinding');
    expect(bindings.map(({ metadata }) => metadata.namespace ?? '').toSorted()).toEqual([
      'blog',
      'dokkerr-system',
      'shop',
    ]);
    for (const { subjects } of bindings) expect(subjects[0]?.namespace).toBe('dokkerr-system');
  });

  test('the operator’s own namespace may be one of them', async () => {
    const roles = ofKind<Role>(await render({ namespaces: ['dokkerr-system'] }), 'Role');
    expect(new Set(roles.map(({ metadata }) => metadata.name)).size).toBe(2);
  });
});

test('a lease of another name is the one the Role permits', async () => {
  const objects = await render({ leaderElection: { leaseName: 'who-leads' } });
  const expected = rulesIn(ownRbac(placement, permissions({ lease: 'who-leads', webhooks })));
  expect(permissionsIn(only<Role>(objects, 'Role').rules)).toEqual(permissionsIn(expected));
  expect(JSON.stringify(only(objects, 'Deployment'))).toContain('--lease-name=who-leads');
});

test('without election there is no permission on leases, and without admission none on certificates', async () => {
  const unelected = { replicas: 1, leaderElection: { enabled: false } };
  const rules = permissionsIn(only<Role>(await render(unelected), 'Role').rules);
  expect(rules).toEqual(permissionsIn(namespacePermissions(webhooks)));
  const bare = await render({ ...unelected, webhook: { enabled: false } });
  expect(ofKind(bare, 'Role')).toEqual([]);
  expect(JSON.stringify(only(bare, 'ClusterRole'))).not.toContain('validatingwebhookconfigurations');
});

test('rbac.create false leaves roles to others, and names the account they are for', async () => {
  const objects = await render({ rbac: { create: false }, serviceAccount: { create: false, name: 'given' } });
  expect(objects.filter(({ kind }) => /Role|ServiceAccount/.test(kind))).toEqual([]);
  expect(only(objects, 'Deployment')).toMatchObject({ spec: { template: { spec: { serviceAccountName: 'given' } } } });
});
