import { describe, expect, it } from 'vitest';
import type { Kind } from '../client/types.ts';
import { missingOf } from '../manager/start-check.ts';
import { clusterKinds, clusterRules, mergeRules, namespacedRules, policyRules } from './rbac.ts';

const kind = (group: string, plural: string): Kind => ({
  group,
  plural,
  version: 'v1',
  kind: plural,
  namespaced: true,
});
const widget = {
  kind: kind('dokkerr.io', 'widgets'),
  owns: [{ kind: kind('apps', 'deployments') }, { kind: kind('', 'services'), verbs: ['update'] }],
  watches: [{ kind: kind('', 'nodes'), verbs: ['get'] }, { kind: kind('apps', 'deployments') }],
  rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
};

describe('the rules of controllers', () => {
  it('permit what their declarations need, and no more', () => {
    expect(policyRules([widget])).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
      {
        apiGroups: [''],
        resources: ['services'],
        verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
      },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
      { apiGroups: ['dokkerr.io'], resources: ['widgets'], verbs: ['list', 'watch'] },
      { apiGroups: ['dokkerr.io'], resources: ['widgets/finalizers'], verbs: ['update'] },
      { apiGroups: ['dokkerr.io'], resources: ['widgets/status'], verbs: ['patch'] },
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
    ]);
  });

  it('are split into what a Role can grant and what only a ClusterRole can', () => {
    const node = { ...kind('', 'nodes'), namespaced: false };
    const definition = { ...widget, watches: [{ kind: node }, { kind: kind('', 'pods') }] };
    expect(clusterRules([definition])).toEqual([{ apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] }]);
    expect(clusterKinds([definition])).toEqual([node]);
    const inNamespaces = namespacedRules([definition]);
    expect(inNamespaces).toContainEqual({ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] });
    expect(JSON.stringify(inNamespaces)).not.toContain('nodes');
    expect(mergeRules([...inNamespaces, ...clusterRules([definition])])).toEqual(policyRules([definition]));
  });

  it('permit the patch that sets a finalizer, where there is one', () => {
    const held = { ...widget, finalizer: { name: 'dokkerr.io/hold' } };
    expect(policyRules([held])).toContainEqual({
      apiGroups: ['dokkerr.io'],
      resources: ['widgets'],
      verbs: ['list', 'watch', 'patch'],
    });
  });

  it('do not depend on the order of declarations', () => {
    const other = { ...widget, kind: kind('dokkerr.io', 'gadgets'), owns: [] };
    expect(policyRules([widget, other])).toEqual(policyRules([other, widget]));
  });

  it('join resources that need the same verbs, and keep rules for named objects apart', () => {
    const merged = mergeRules([
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['get'], resourceNames: ['a'] },
    ]);
    expect(merged).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['get'], resourceNames: ['a'] },
      { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get'] },
    ]);
  });
});

describe('what an account lacks', () => {
  const needed = { apiGroups: ['apps'], resources: ['deployments', 'deployments/status'], verbs: ['get', 'patch'] };

  it('is nothing under a rule for everything', () => {
    expect(missingOf(needed, [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }])).toEqual([]);
  });

  it('is said as people say it', () => {
    expect(
      missingOf(needed, [{ verbs: ['get'], apiGroups: ['apps'], resources: ['deployments', '*/status'] }]),
    ).toEqual(['patch deployments.apps', 'patch deployments/status.apps']);
  });

  it('is not given by a rule for some names only', () => {
    const some = [{ verbs: ['*'], apiGroups: ['apps'], resources: ['*'], resourceNames: ['web'] }];
    expect(missingOf(needed, some)).toHaveLength(4);
    expect(missingOf({ ...needed, resourceNames: ['web'] }, some)).toEqual([]);
  });
});
