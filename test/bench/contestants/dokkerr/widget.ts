/** What the operator says of its kind: one ConfigMap owned, one condition, one finalizer. */
import { ConfigMap } from '#runtime/client/kinds.ts';
import { defineController, owned } from '#runtime/controller/define.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { done } from '#runtime/itinerary/types.ts';
import { Widget } from '#test/integration/controller/widget.ts';

export const widgetController = defineController<Widget, Pass<Widget>>({
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
  finalizer: { name: 'test.dokkerr.io/widget', steps: [] },
  status: (_, { stoppedAt }) => ({
    conditions: [
      stoppedAt === undefined
        ? { type: 'Ready', status: 'True', reason: 'Written', message: 'the text is written' }
        : { type: 'Ready', status: 'False', reason: 'Failed', message: 'the text is not written' },
    ],
  }),
});
