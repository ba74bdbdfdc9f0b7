/** How the pods that move data run, and how long they may take. */
import * as z from 'zod';
import { resources } from '../container/resources.ts';
import { labelMap } from '../schema/labels.ts';
import { objectName } from '../schema/names.ts';

const id = z.int().min(0).max(4_294_967_294);

/** `spec.mover`. */
export const mover = z.object({
  resources: resources.exactOptional().describe('What the pod asks for and may use. Bounded also when absent.'),
  nodeSelector: labelMap.exactOptional().describe('Labels a node must have.'),
  priorityClassName: objectName.exactOptional().describe('PriorityClass of the pod.'),
  securityContext: z
    .object({
      runAsUser: id
        .exactOptional()
        .describe("User id to read and write files as. Without it, the Container's own, else 65532. 0 is root."),
      runAsGroup: id.exactOptional().describe('Primary group id.'),
      fsGroup: id.exactOptional().describe("Group that owns the volume's files. Without it, the Container's own."),
    })
    .exactOptional()
    .describe('As whom the files are read and written. The pod is restricted in every other way.'),
});

/** `spec.mover`. */
export type Mover = z.infer<typeof mover>;

/** `spec.runPolicy`. */
export const runPolicy = z.object({
  backoffLimit: z
    .int32()
    .min(0)
    .max(10)
    .default(2)
    .describe('How many more pods are tried after one that was lost or failed in passing.'),
  activeDeadlineSeconds: z.int32().min(1).default(86_400).describe('Seconds one pod may take.'),
  podStartupDeadlineSeconds: z.int32().min(1).default(300).describe('Seconds a pod may take to start.'),
});

/** `spec.runPolicy`. */
export type RunPolicy = z.infer<typeof runPolicy>;

/** As whom a mover reads and writes, once that was settled. */
export const runAs = z.object({
  user: id.exactOptional().describe('User id.'),
  group: id.exactOptional().describe('Primary group id.'),
  fsGroup: id.exactOptional().describe("Group that owns the volume's files."),
});

/** `status.resolved.runAs`. */
export type RunAs = z.infer<typeof runAs>;
