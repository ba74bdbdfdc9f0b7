/** A program of the user's that looks at restored data; its exit code decides. */
import * as z from 'zod';
import { environment } from '../container/environment.ts';
import { resources } from '../container/resources.ts';
import { nameList } from '../schema/labels.ts';
import { listOf } from '../schema/lists.ts';
import { text } from '../schema/names.ts';

const words = listOf(z.string().max(65_536), 256);

/** `spec.verify.job` of a Restore, `spec.drill.job` of a BackupSchedule. */
export const check = z.object({
  image: text(512).regex(/^\S+$/).describe('Image that holds the program.'),
  imagePullSecrets: nameList(16, 'Name of a Secret of type kubernetes.io/dockerconfigjson.')
    .exactOptional()
    .describe('Secrets for registries that ask who is there.'),
  command: words.exactOptional().describe("Replaces the image's entry point."),
  args: words.exactOptional().describe("Replaces the image's arguments."),
  env: environment.exactOptional().describe('Environment variables.'),
  resources: resources.exactOptional().describe('What the pod asks for and may use. Bounded also when absent.'),
  timeoutSeconds: z.int32().min(1).max(86_400).default(600).describe('Seconds after which it counts as failed.'),
});

/** `spec.verify.job`. */
export type Check = z.infer<typeof check>;
