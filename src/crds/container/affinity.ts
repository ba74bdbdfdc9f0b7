/**
 * Affinity, shaped as in the core API but for what few use (matchFields, matchLabelKeys, mismatchLabelKeys): typed and
 * bounded, so that a misspelt key is refused at admission and the CRD stays small.
 */
import * as z from 'zod';
import { labelKey, labelSelector } from '../schema/labels.ts';
import { listOf, setOf } from '../schema/lists.ts';
import { dnsLabel } from '../schema/names.ts';

const weight = z.int32().min(1).max(100).describe('How much this preference counts against the others, 1 to 100.');

const nodeSelectorTerm = z
  .object({
    matchExpressions: listOf(
      z.object({
        key: labelKey.describe('Label of the node, for example `kubernetes.io/arch`.'),
        operator: z
          .enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'])
          .describe('How the label is compared with `values`.'),
        values: listOf(z.string().max(63), 64).exactOptional().describe('Values to compare with.'),
      }),
      16,
    ).describe('Expressions a node must satisfy, all of them.'),
  })
  .meta({ 'x-kubernetes-map-type': 'atomic' });

const podAffinityTerm = z.object({
  labelSelector: labelSelector.exactOptional().describe('The other pods, by their labels.'),
  namespaceSelector: labelSelector.exactOptional().describe('Namespaces of the other pods, by their labels.'),
  namespaces: setOf(dnsLabel, 32)
    .exactOptional()
    .describe("Namespaces of the other pods; the Container's when absent."),
  topologyKey: labelKey.describe('Node label whose equal values count as the same place.'),
});

const podAffinity = z.object({
  requiredDuringSchedulingIgnoredDuringExecution: listOf(podAffinityTerm, 8)
    .exactOptional()
    .describe('Must hold for a node to be chosen.'),
  preferredDuringSchedulingIgnoredDuringExecution: listOf(
    z.object({ weight, podAffinityTerm: podAffinityTerm.describe('The preference.') }),
    8,
  )
    .exactOptional()
    .describe('Should hold; nodes are ranked by the weights.'),
});

/** `spec.scheduling.affinity`. */
export const affinity = z.object({
  nodeAffinity: z
    .object({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .object({ nodeSelectorTerms: listOf(nodeSelectorTerm, 8).min(1).describe('Terms, one of which must hold.') })
        .meta({ 'x-kubernetes-map-type': 'atomic' })
        .exactOptional()
        .describe('Must hold for a node to be chosen.'),
      preferredDuringSchedulingIgnoredDuringExecution: listOf(
        z.object({ weight, preference: nodeSelectorTerm.describe('The preference.') }),
        8,
      )
        .exactOptional()
        .describe('Should hold; nodes are ranked by the weights.'),
    })
    .exactOptional()
    .describe('Nodes by their labels.'),
  podAffinity: podAffinity.exactOptional().describe('Near other pods.'),
  podAntiAffinity: podAffinity.exactOptional().describe('Away from other pods.'),
});
