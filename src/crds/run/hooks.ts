/** What is run in the workload's pods before and after a piece of work on its volumes, and what became of it. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { timestamp } from '../schema/condition.ts';
import { listByKey, listOf } from '../schema/lists.ts';
import { dnsLabel, text } from '../schema/names.ts';

/** `1s` to `600s`, `1m` to `10m`: one pass of the operator stays with a hook for as long as it runs. */
const hookTimeout = z
  .string()
  .max(4)
  .regex(/^(([1-9]|[1-9][0-9]|[1-5][0-9][0-9]|600)s|([1-9]|10)m)$/);

const exec = z.object({
  container: dnsLabel.exactOptional().describe('Container of the pod; its default one when absent, else its first.'),
  command: listOf(text(4096), 64)
    .min(1)
    .describe('Program and arguments. No shell, unless it says so: ["sh", "-c", "…"]. Twice has to do no harm.'),
});

const http = z
  .object({
    port: z.int32().min(1).max(65_535).describe('Port of the pod. Nothing beyond the pod can be asked.'),
    path: text(1024)
      .regex(/^\/[A-Za-z0-9/_.~+,;=:@?&-]*$/)
      .default('/')
      .describe('Path, with its query. Twice has to do no harm.'),
    method: z.enum(['GET', 'POST']).default('POST').describe('Method; a POST has no body.'),
  })
  .meta(rules(rule("!self.path.contains('..')", 'path cannot have .. in it: write it without', '.path')));

/** What a hook's fields say of what it is about. */
interface Words {
  /** what `onError: Fail` does before and after */
  readonly onError: string;
  readonly when: string;
  readonly pre: string;
  readonly post: string;
}

const either = rule('has(self.exec) != has(self.http)', 'a hook is a command or a request: write either exec or http');

function common(onError: string) {
  return {
    name: dnsLabel.describe('Name of the hook, as status.hooks shows it.'),
    exec: exec.exactOptional().describe('A command, run in every pod that mounts one of the claims.'),
    http: http
      .exactOptional()
      .describe(
        'A request to every pod that mounts one of the claims, made by way of the API server. An answer below 400 is a success.',
      ),
    onError: z.enum(['Fail', 'Continue']).default('Fail').describe(onError),
    timeout: hookTimeout
      .default('30s')
      .describe('How long it may take, at most 10m. One that takes longer has failed; it is not ended.'),
  };
}

/** `spec.hooks` of a kind. */
function hooksOf({ onError, when, pre, post }: Words) {
  const preHook = z.object(common(onError)).meta(rules(either));
  const postHook = z
    .object({
      ...common(onError),
      when: z.enum(['Always', 'OnSuccess', 'OnFailure']).default('Always').describe(when),
    })
    .meta(rules(either));
  return z.object({
    pre: listByKey(preHook, ['name'], 8).exactOptional().describe(pre),
    post: listByKey(postHook, ['name'], 8).exactOptional().describe(post),
  });
}

/** `spec.hooks` of a Backup. */
export const backupHooks = hooksOf({
  onError:
    'What a failure does. Fail, before the copy: nothing is copied. Fail, after it: the copy is stored, and the backup ends as PartiallyFailed. Continue: it is only told.',
  when: 'Whether it is run after a copy that was made, after one that was not, or after both.',
  pre: 'Before the copy, in order.',
  post: 'As soon as the copy is made, in order. Once a pre hook was begun they are run whatever happens.',
});

/** `spec.hooks` of a Restore. */
export const restoreHooks = hooksOf({
  onError:
    'What a failure does. Fail, before: nothing is stopped and nothing written. Fail, after: the old data comes back, as after any other failure. Continue: it is only told.',
  when: 'Whether it is run once the data is there, once it is known that it will not be, or after both.',
  pre: 'Before the Container is stopped, in order.',
  post: 'Once the Container runs on the data that was brought back and is Ready, in order; or, once a pre hook was begun, when it runs again on what it had.',
});

/** `status.hooks[]`. */
export const hookResult = z.object({
  phase: z.enum(['Pre', 'Post']).describe('Before or after the work.'),
  name: dnsLabel.describe('Name of the hook.'),
  outcome: z.enum(['Succeeded', 'Failed', 'Skipped']).describe('What became of it.'),
  pods: listOf(text(253), 32).exactOptional().describe('Pods it was run in; the first of them.'),
  exitCode: z.int32().exactOptional().describe('Exit code of the command that failed, where there is one.'),
  message: z
    .string()
    .max(2048)
    .exactOptional()
    .describe('Why it failed, with the last lines it wrote to stderr, or what was answered.'),
  attempts: z.int32().min(1).describe('How often it was run.'),
  startedAt: timestamp.describe('When it was begun last.'),
  completedAt: timestamp.describe('When it ended.'),
});

/** `status.hooks`. */
export const hookResults = listByKey(hookResult, ['phase', 'name'], 16);

type Hooks = z.infer<typeof backupHooks>;
export type Hook = NonNullable<Hooks['pre']>[number];
export type PostHook = NonNullable<Hooks['post']>[number];
export type HookResult = z.infer<typeof hookResult>;
