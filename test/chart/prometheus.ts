/** A Prometheus process of one's own, and what it answers. Needs what `setup.ts` provides. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';
import { stringify } from 'yaml';
import { bound } from '#cluster/processes.ts';

/** What is scraped every second: `host:port`, and the labels by which a monitor would know the pod. */
export interface Target {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a query came to. */
export interface Answer {
  readonly samples: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[];
  /** what Prometheus thinks is wrong with the query although it answers */
  readonly remarks: readonly string[];
}

export interface Prometheus extends AsyncDisposable {
  /** An instant query. @throws with Prometheus' own words */
  query(expr: string): Promise<Answer>;
  /** Every metric that targets declare, with samples or without, as `/metrics` names it. */
  metrics(): Promise<ReadonlySet<string>>;
}

interface Envelope<T> {
  readonly status: 'success' | 'error';
  readonly data: T;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** Resolves when it answers. */
export async function startPrometheus(target: Target): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'dokkerr-prometheus-'));
  const config = {
    global: { scrape_interval: '1s' },
    scrape_configs: [
      { job_name: 'dokkerr', static_configs: [{ targets: [target.address], labels: { ...target.labels } }] },
    ],
  };
  await writeFile(join(folder, 'prometheus.yaml'), stringify(config));
  const args = ['--config.file=prometheus.yaml', '--storage.tsdb.path=data', '--web.listen-address=127.0.0.1:0'];
  const child = spawn(...bound(inject('prometheus'), args), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const address = await new Promise<string>((resolve, reject) => {
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const [, found] = /msg="Listening on".*address=(\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    ended.then(
      () => reject(new Error(`Prometheus ended: ${said.slice(-3).join('\n')}`)),
      (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
  const get = async <T>(path: string) => {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    const envelope = (await response.json()) as Envelope<T>;
    if (envelope.status === 'error') throw new Error(`${path}: ${envelope.error}`);
    return envelope;
  };
  return {
    async query(expr) {
      const asked = `query?query=${encodeURIComponent(expr)}`;
      const { data, warnings = [], infos = [] } = await get<{ result: Answer['samples'] }>(asked);
      return { samples: data.result, remarks: [...warnings, ...infos] };
    },
    async metrics() {
      const { data } = await get<readonly { metric: string }[]>('targets/metadata');
      return new Set(data.map(({ metric }) => metric));
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
