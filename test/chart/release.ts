/** The chart as Helm itself renders it, for tests to look at. Needs what `setup.ts` provides. */
import { inject } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CommandError, run } from '#cluster/command.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';

export const chartFolder = 'charts/dokkerr';

export interface Release {
  readonly name: string;
  readonly namespace: string;
}

const usual: Release = { name: 'dokkerr', namespace: 'dokkerr-system' };

/** What `helm template` prints, as objects. @throws CommandError with Helm's own words */
export async function render<T extends KubernetesObject = KubernetesObject>(
  values: object = {},
  { name, namespace }: Release = usual,
): Promise<T[]> {
  const args = ['template', name, chartFolder, '--namespace', namespace, '--values', '-'];
  const output = await run(inject('helm'), args, { input: JSON.stringify(values) });
  return parseAllDocuments(output)
    .map((document) => {
      // A template that renders a key twice must not pass as YAML that means one of them.
      if (document.errors[0] !== undefined) throw document.errors[0];
      return document.toJS() as T | null;
    })
    .filter((object) => object !== null);
}

/** The objects of one kind. */
export function ofKind<T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T[] {
  return objects.filter((object): object is T => object.kind === kind);
}

/** The object of that kind. @throws where there is none, or several */
export function only<T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T {
  const [object, ...others] = ofKind<T>(objects, kind);
  if (object === undefined || others.length > 0) throw new Error(`${others.length + (object ? 1 : 0)} of kind ${kind}`);
  return object;
}

const clusterKinds = /^(Cluster|CustomResourceDefinition|Validating)/;

/** Whether objects of that kind belong to the cluster and to no namespace. */
export function isOfCluster({ kind }: KubernetesObject): boolean {
  return clusterKinds.test(kind);
}

/** With which words Helm refuses the values; undefined when it takes them. */
export async function refusal(values: object): Promise<string | undefined> {
  try {
    await render(values);
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error.stderr;
    throw error;
  }
}
