/** A run kind as small as one can be: an Errand makes a ConfigMap, waits until somebody signs it, and clears up. */
import { ConfigMap, type CustomResourceDefinition } from '#runtime/client/kinds.ts';
import type { Applied, Kind, KubernetesObject } from '#runtime/client/types.ts';
import type { Condition } from '#runtime/controller/conditions.ts';
import { defineRun, owned } from '#runtime/controller/define.ts';
import type { Pass, RunDefinition } from '#runtime/controller/types.ts';
import { done, type RunStatus, wait } from '#runtime/itinerary/types.ts';
import { widgetDefinition } from './widget.ts';

export interface Errand extends KubernetesObject {
  spec: { cancel?: boolean };
  status?: Partial<RunStatus> & { phase?: string; observedGeneration?: number; conditions?: Condition[] };
}

export const Errand: Kind<Errand> = {
  group: 'test.dokkerr.io',
  version: 'v1',
  kind: 'Errand',
  plural: 'errands',
  namespaced: true,
};

export const errandDefinition: Applied<CustomResourceDefinition> = {
  ...widgetDefinition,
  metadata: { name: 'errands.test.dokkerr.io' },
  spec: {
    group: Errand.group,
    scope: 'Namespaced',
    versions: widgetDefinition.spec?.versions ?? [],
    names: { kind: 'Errand', plural: 'errands', singular: 'errand' },
  },
};

/** What the errands of one test did outside, in order. */
export function errandController(did: string[]): RunDefinition<Errand, Pass<Errand>> {
  return defineRun<Errand, Pass<Errand>>({
    name: 'errand',
    kind: Errand,
    owns: [owned(ConfigMap)],
    scope: (pass) => pass,
    mustCancel: ({ spec }) => spec.cancel === true,
    finalizer: {
      name: 'test.dokkerr.io/errand',
      steps: [
        {
          name: 'Forget',
          run: async () => {
            did.push('forget');
            return done();
          },
        },
      ],
    },
    itinerary: {
      forward: [
        {
          name: 'Ask',
          effect: true,
          run: async ({ children, object }, { effectName }) => {
            did.push('ask');
            await children.apply(ConfigMap, {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name: object.metadata.name },
              data: { question: effectName },
            });
            return done('asked', { question: effectName });
          },
        },
        {
          name: 'AwaitSignature',
          run: async ({ children, object }) =>
            children.get(ConfigMap, object.metadata.name)?.data?.signed === 'yes'
              ? done()
              : wait('Unsigned', 'nobody has signed yet'),
        },
      ],
      duties: [
        {
          name: 'ClearUp',
          run: async ({ children, object }) => {
            did.push('clear up');
            const { namespace = '', name } = object.metadata;
            await children.remove(ConfigMap, { namespace, name });
            return done();
          },
        },
      ],
    },
    status: (_, { outcome }) => ({ phase: outcome ?? 'Running' }),
  });
}
