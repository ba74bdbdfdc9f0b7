/** Commands that are run in the workload's pods around a copy of its volumes, and what became of them. */
import * as z from 'zod';
import { timestamp } from '../schema/condition.ts';
import { listByKey, listOf } from '../schema/lists.ts';
import { dnsLabel, text } from '../schema/names.ts';

/** `1s` to `600s`, `1m` to `10m`: one pass of the operator stays with a hook for as long as it runs. */
const hookTimeout = z
  .string()
  .max(4)
  .regex(/^(([1-9]|[1-9][0-9]|[1-5][0-9][0-9]|600)s|([1-9]|10)m)$/);

const common = {
  name: dnsLabel.describe('Name of the hook, as status.hooks shows it.'),
  exec: z
    .object({
      container: dnsLabel
        .exactOptional()
        .describe('Container of the pod; its default one when absent, else its first.'),
      command: listOf(text(4096), 64)
        .min(1)
        .describe('Program and arguments. No shell, unless it says so: ["sh", "-c", "…"]. Twice has to do no harm.'),
    })
    .describe('The command, run in every pod that mounts one of the claims.'),
  onError: z
    .enum(['Fail', 'Continue'])
    .default('Fail')
    .describe(
      'What a failure does. Fail, before the copy: nothing is copied. Fail, after it: the copy is stored, and the backup ends as PartiallyFailed. Continue: it is only told.',
    ),
  timeout: hookTimeout
    .default('30s')
    .describe('How long it may take, at most 10m. A command that takes longer has failed; it is not ended.'),
};

const preHook = z.object(common);
const postHook = z.object({
  ...common,
  when: z
    .enum(['Always', 'OnSuccess', 'OnFailure'])
    .default('Always')
    .describe('Whether it is run after a copy that was made, after one that was not, or after both.'),
});

/** `spec.hooks`. */
export const hooksSpec = z.object({
  pre: listByKey(preHook, ['name'], 8).exactOptional().describe('Before the copy, in order.'),
  post: listByKey(postHook, ['name'], 8)
    .exactOptional()
    .describe('As soon as the copy is made, in order. Once a pre hook was begun they are run whatever happens.'),
});

/** `status.hooks[]`. */
export const hookResult = z.object({
  phase: z.enum(['Pre', 'Post']).describe('Before or after the copy.'),
  name: dnsLabel.describe('Name of the hook.'),
  outcome: z.enum(['Succeeded', 'Failed', 'Skipped']).describe('What became of it.'),
  pods: listOf(text(253), 32).exactOptional().describe('Pods it was run in; the first of them.'),
  exitCode: z.int32().exactOptional().describe('Exit code of the command that failed, where there is one.'),
  message: z.string().max(2048).exactOptional().describe('Why it failed, with the last lines it wrote to stderr.'),
  attempts: z.int32().min(1).describe('How often it was run.'),
  startedAt: timestamp.describe('When it was begun last.'),
  completedAt: timestamp.describe('When it ended.'),
});

/** `status.hooks`. */
export const hookResults = listByKey(hookResult, ['phase', 'name'], 16);

export type Hook = z.infer<typeof preHook>;
export type PostHook = z.infer<typeof postHook>;
export type HookResult = z.infer<typeof hookResult>;
