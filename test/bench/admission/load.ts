/** Asks for reviews at a steady pace, in a thread of its own: the webhooks must not be delayed by whoever measures them. */
import { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ask } from '#test/fixtures/webhooks.ts';

/** What the thread is told. */
export interface Load {
  readonly port: number;
  /** PEM */
  readonly ca: string;
  readonly body: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** What it answers. */
export interface LoadFigures {
  /** milliseconds from when each was due until its answer */
  readonly latencies: readonly number[];
  readonly failures: readonly string[];
  readonly sentPerSecond: number;
}

/** Few, as the API servers of one cluster are. */
const connections = 8;

async function run({ port, ca, body, perSecond, seconds }: Load): Promise<LoadFigures> {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: connections });
  const headers = { 'content-type': 'application/json' };
  const latencies: number[] = [];
  const failures: string[] = [];
  const review = async (dueAt: number) => {
    try {
      const { code } = await ask(port, ca, { method: 'POST', path: '/validate/containers', headers, agent }, body);
      if (code === 200) latencies.push(performance.now() - dueAt);
      else failures.push(`HTTP ${code}`);
    } catch (error) {
      failures.push(String(error));
    }
  };
  const sent: Promise<void>[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < seconds * 1000) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    while (sent.length < due) sent.push(review(startedAt + (sent.length / perSecond) * 1000));
    await sleep(1);
  }
  await Promise.all(sent);
  const sentPerSecond = sent.length / ((performance.now() - startedAt) / 1000);
  agent.destroy();
  return { latencies, failures, sentPerSecond };
}

// Sound: `case.ts` starts this thread, and with a Load.
parentPort?.postMessage(await run(workerData as Load));
