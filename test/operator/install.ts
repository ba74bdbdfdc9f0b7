/** Installs what the operator needs of a cluster before it starts, as its users do. */

/** Applies `config/crd`; resolves when objects of every kind can be declared. */
export async function installKinds(kubectl: (args: readonly string[]) => Promise<unknown>): Promise<void> {
  // Tests that share an API server install them in turn, each in its own name.
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', 'config/crd']);
  const wait = (what: string) => kubectl(['wait', `--for=${what}`, '--timeout=30s', '-f', 'config/crd']);
  // A new CRD's conditions are null, at which kubectl gives up instead of waiting; with the names they are a list.
  await wait('jsonpath={.status.acceptedNames.kind}');
  await wait('condition=Established');
}
