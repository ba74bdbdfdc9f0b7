/** Where the pods of a Container run. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { labelKey, labelMap } from '../schema/labels.ts';
import { listByKey, listOf } from '../schema/lists.ts';
import { objectName } from '../schema/names.ts';
import { affinity } from './affinity.ts';

const toleration = z
  .object({
    key: labelKey.exactOptional().describe('Key of the taint; every key when absent.'),
    operator: z.enum(['Equal', 'Exists']).exactOptional().describe('Exists for any value; Equal when absent.'),
    value: z.string().max(63).exactOptional().describe('Value of the taint, for Equal.'),
    effect: z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
      .exactOptional()
      .describe('Effect of the taint; every effect when absent.'),
    tolerationSeconds: z
      .int()
      .exactOptional()
      .describe('Seconds to stay after a NoExecute taint; for ever when absent.'),
  })
  .meta(
    rules(
      rule(
        "has(self.key) || (has(self.operator) && self.operator == 'Exists')",
        'a toleration without a key tolerates every taint: write operator: Exists if that is meant, else a key',
      ),
    ),
  );

/** `spec.scheduling`. */
export const scheduling = z.object({
  nodeSelector: labelMap.exactOptional().describe('Labels a node must have.'),
  tolerations: listOf(toleration, 32).exactOptional().describe('Taints of nodes that are put up with.'),
  affinity: affinity.exactOptional().describe('Finer rules on nodes and on the pods beside.'),
  topologySpread: listByKey(
    z.object({
      topologyKey: labelKey.describe('Node label to spread over, for example `topology.kubernetes.io/zone`.'),
      maxSkew: z.int32().min(1).default(1).describe('How many pods more than the emptiest place one may have.'),
      whenUnsatisfiable: z
        .enum(['DoNotSchedule', 'ScheduleAnyway'])
        .default('ScheduleAnyway')
        .describe('Whether a pod waits when it cannot be spread.'),
    }),
    ['topologyKey'],
    8,
  )
    .exactOptional()
    .describe("Spreads the Container's own pods over zones or nodes."),
  priorityClassName: objectName.exactOptional().describe('PriorityClass of the pods.'),
});

/** `spec.scheduling`. */
export type Scheduling = z.infer<typeof scheduling>;
