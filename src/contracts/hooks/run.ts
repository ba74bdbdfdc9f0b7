/**
 * Runs one hook in every pod that uses a claim, and says how it went. A hook may be run again after the operator was killed
 * in the middle of it, so it has to bear that. Relies on `pods/exec` and `pods/proxy`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { podsUsing } from '#contracts/pod/users.ts';
import { counted } from '#contracts/text/figures.ts';
import type { Hook, HookResult } from '#crds/run/hooks.ts';
import { durationMs } from '#crds/schema/duration.ts';
import type { Pod } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import { tailOf } from './tail.ts';

/** Where hooks are run. */
export interface HookTarget {
  readonly namespace: string;
  readonly claims: readonly string[];
  /** somebody wants pods to run: that there is none is a failure, and not the rest of a workload that is stopped */
  readonly awaited: boolean;
}

/** What of a pass a hook needs. */
export type HookPass = Pick<Pass<KubernetesObject>, 'client' | 'signal' | 'now'>;

/** What became of one entry into a hook. */
export type HookRun = Omit<HookResult, 'phase' | 'name' | 'attempts'>;
type HookEnd = Omit<HookRun, 'startedAt' | 'completedAt'>;

/** Milliseconds between looks whether the pods run. */
const recheckPods = 1_000;
/** How many pods status names. */
const namedPods = 32;

/** Annotation by which a pod says where commands are meant to run (https://kubernetes.io/docs/reference/labels-annotations-taints/). */
const defaultContainer = 'kubectl.kubernetes.io/default-container';

/**
 * Resolves to how the hook ended: what keeps it from being run counts as its failure, but for what may pass.
 * @throws DokkerrError of class transient or conflict, after which it has to be run again; the pass's own end
 */
export async function runHook(pass: HookPass, target: HookTarget, hook: Hook): Promise<HookRun> {
  const startedAt = rfc3339(pass.now());
  const timeout = AbortSignal.timeout(durationMs(hook.timeout));
  const end = await attempt(pass, { target, hook, timeout });
  return { ...end, startedAt, completedAt: rfc3339(pass.now()) };
}

interface Attempt {
  readonly target: HookTarget;
  readonly hook: Hook;
  readonly timeout: AbortSignal;
}

async function attempt(pass: HookPass, { target, hook, timeout }: Attempt): Promise<HookEnd> {
  const found = await runningPods(pass, target, timeout);
  if ('problem' in found) return failed(`${found.problem} (waited ${hook.timeout})`);
  const { pods } = found;
  if (pods.length === 0) return { outcome: 'Skipped', message: 'no pod uses the claims: there is nobody to run it in' };
  const ends = await Promise.all(pods.map((pod) => runIn(pass, pod, hook, timeout)));
  const names = pods.slice(0, namedPods).map(({ metadata }) => metadata.name);
  return { ...(ends.find(({ outcome }) => outcome === 'Failed') ?? { outcome: 'Succeeded' }), pods: names };
}

/** The pods, once every one of them runs; or what is wrong with them when the time is over. */
async function runningPods(
  { client, signal }: HookPass,
  { namespace, claims, awaited }: HookTarget,
  timeout: AbortSignal,
): Promise<{ pods: Pod[] } | { problem: string }> {
  for (;;) {
    const users = await podsUsing(client, namespace, claims);
    const pods = users.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const idle = pods.find(({ status }) => status?.phase !== 'Running');
    if (idle === undefined && (pods.length > 0 || !awaited)) return { pods };
    if (timeout.aborted) {
      const problem = idle === undefined ? 'no pod is there' : `pod ${idle.metadata.name} does not run yet`;
      return { problem: `${problem}, of ${counted(users.length, 'pod')} that use the claims` };
    }
    await delay(recheckPods, undefined, { signal });
  }
}

/** What keeps it from being run counts as its failure, but for what may pass. */
async function runIn(pass: HookPass, pod: Pod, hook: Hook, timeout: AbortSignal): Promise<HookEnd> {
  const { exec, http, timeout: limit } = hook;
  try {
    if (exec !== undefined) return await execIn(pass, pod, exec, timeout);
    if (http !== undefined) return await askIn(pass, pod, http, { limitMs: durationMs(limit), timeout });
    return failed('it says neither exec nor http');
  } catch (thrown) {
    pass.signal.throwIfAborted();
    if (timeout.aborted) return failed(`in pod ${pod.metadata.name} it did not end within ${limit}`);
    const error = asDokkerrError(thrown);
    if (error.class === 'transient' || error.class === 'conflict') throw error;
    return failed(error.message.slice(0, 1024));
  }
}

async function execIn(
  { client }: HookPass,
  { metadata, spec }: Pod,
  exec: NonNullable<Hook['exec']>,
  signal: AbortSignal,
): Promise<HookEnd> {
  const { container = metadata.annotations?.[defaultContainer] ?? spec?.containers[0]?.name ?? '', command } = exec;
  const { exitCode, message, stderr } = await client.exec(metadata, { container, command, signal });
  if (exitCode === 0) return { outcome: 'Succeeded' };
  const how =
    exitCode === undefined ? `could not be run: ${tailOf(message ?? '')}` : `ended with exit code ${exitCode}`;
  return {
    ...failed(`in pod ${metadata.name} it ${how}${saying(stderr)}`),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

async function askIn(
  { client }: HookPass,
  { metadata }: Pod,
  { port, path, method }: NonNullable<Hook['http']>,
  { limitMs, timeout }: { readonly limitMs: number; readonly timeout: AbortSignal },
): Promise<HookEnd> {
  const { status, text } = await client.askPod(metadata, { port, path, method, timeoutMs: limitMs, signal: timeout });
  if (status < 400) return { outcome: 'Succeeded' };
  return failed(`pod ${metadata.name} answered ${method} ${path} at port ${port} with ${status}${saying(text)}`);
}

function saying(text: string): string {
  const said = tailOf(text);
  return said === '' ? '' : `: ${said}`;
}

function failed(message: string): HookEnd {
  return { outcome: 'Failed', message };
}
