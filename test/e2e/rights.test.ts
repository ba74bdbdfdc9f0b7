/** What the operator's account may do, asked of the API server itself: what its roles say, and what everybody may. */
import { expect, inject, test } from 'vitest';
import { createKubectl } from '#cluster/kubectl.ts';
import { grantedTo, userOf, usualRelease } from '#test/operator/release.ts';

test('the account of the operator may do what its roles grant, and nothing else', async () => {
  const kubectl = await createKubectl(inject('kubeconfig'));
  const { namespace } = usualRelease;
  const allowed = async (...as: readonly string[]) => {
    const listed = await kubectl(['auth', 'can-i', '--list', '--no-headers', '--namespace', namespace, ...as]);
    // A line is: resources, URLs in brackets, names in brackets, verbs in brackets.
    return new Set(listed.split('\n').map((line) => line.trim().replace(/\s+/g, ' ')));
  };
  const anybody = await allowed('--as=system:serviceaccount:default:default', '--as-group=system:serviceaccounts');
  const operator = await allowed(`--as=${userOf(usualRelease)}`, '--as-group=system:serviceaccounts');
  const resources = (await grantedTo(kubectl, usualRelease)).flatMap((rule) =>
    rule.apiGroups.flatMap((group) => rule.resources.map((resource) => qualified(resource, group))),
  );
  const own = [...operator].filter((line) => !anybody.has(line)).map((line) => line.split(' ')[0] ?? '');
  expect(own.filter((resource) => !resources.includes(resource))).toEqual([]);
  expect(own).not.toContain('*.*');
});

/** As kubectl writes it: `containers.dokkerr.io/status`. */
function qualified(resource: string, group: string): string {
  const [kind = '', subresource] = resource.split('/');
  return `${kind}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
}
