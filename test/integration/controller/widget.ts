/** A kind as small as one can be, to drive the runtime with: a Widget owns one ConfigMap. */
import { ConfigMap, type CustomResourceDefinition } from '#runtime/client/kinds.ts';
import type { Applied, Client, Kind, KubernetesObject } from '#runtime/client/types.ts';
import type { Condition } from '#runtime/controller/conditions.ts';
import { defineController, owned } from '#runtime/controller/define.ts';
import type { ControllerDefinition, Pass } from '#runtime/controller/types.ts';
import { done } from '#runtime/itinerary/types.ts';
import { establish } from '../established.ts';

export interface Widget extends KubernetesObject {
  spec: { text: string };
  status?: { observedGeneration?: number; text?: string; conditions?: Condition[] };
}

export const Widget: Kind<Widget> = {
  group: 'test.dokkerr.io',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const widgetDefinition: Applied<CustomResourceDefinition> = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.dokkerr.io' },
  spec: {
    group: Widget.group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: Widget.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
      },
    ],
  },
};

export function widget(namespace: string, name: string, text: string): Applied<Widget> {
  return { apiVersion: 'test.dokkerr.io/v1', kind: 'Widget', metadata: { namespace, name }, spec: { text } };
}

/** Installs the kind and waits until it is served. */
export function installWidgets(client: Client): Promise<void> {
  return establish(client, widgetDefinition);
}

type WidgetScope = Pass<Widget>;

/** @param change what one test wants otherwise */
export function widgetController(
  change: Partial<ControllerDefinition<Widget, WidgetScope>> = {},
): ControllerDefinition<Widget, WidgetScope> {
  return defineController<Widget, WidgetScope>({
    name: 'widget',
    kind: Widget,
    owns: [owned(ConfigMap)],
    scope: (pass) => pass,
    steps: [
      {
        name: 'WriteConfig',
        run: async ({ object, children }) => {
          await children.apply(ConfigMap, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: object.metadata.name },
            data: { text: object.spec.text },
          });
          return done();
        },
      },
    ],
    status: ({ object }, walk) => ({
      text: object.spec.text,
      conditions: [
        walk.stoppedAt === undefined
          ? { type: 'Ready', status: 'True', reason: 'Written', message: 'the text is written' }
          : { type: 'Ready', status: 'False', reason: 'Failed', message: 'the text is not written' },
      ],
    }),
    ...change,
  });
}
