/** Reviews at a steady pace, first as they come, then while the serving certificate is replaced every few seconds. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Secret } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import {
  aReplica,
  ownNamespace,
  readCaBundle,
  register,
  secretName,
  startAdmissionCluster,
  wantedContainer,
} from '#test/fixtures/webhooks.ts';
import { defaultLifetimes } from '#webhooks/certificates/lifetimes.ts';
import { percentile } from '../operators/medians.ts';
import type { Row } from '../table.ts';
import type { Load, LoadFigures } from './load.ts';

const perSecond = 1000;
const seconds = 15;
/** Milliseconds; at two thirds of that it is replaced. */
const shortLife = 6000;

/** One row without rotation, one with. */
export async function measureAdmission(note: (line: string) => void): Promise<readonly Row[]> {
  await using cluster = await startAdmissionCluster();
  const rows: Row[] = [];
  for (const [name, leaf] of [
    ['one certificate', defaultLifetimes.leaf],
    ['replaced every 4 s', shortLife],
  ] as const) {
    note(name);
    const { webhooks } = aReplica(cluster.webhookClient, { lifetimes: { ...defaultLifetimes, leaf } });
    await webhooks.start();
    try {
      const port = webhooks.port ?? 0;
      await register(cluster.client, port);
      const before = await certificate(cluster.client);
      const load = { port, ca: await readCaBundle(cluster.client), body: review(), perSecond, seconds };
      rows.push(row(name, await under(load), before !== (await certificate(cluster.client))));
    } finally {
      await webhooks.stop(true);
    }
  }
  return rows;
}

async function under(load: Load): Promise<LoadFigures> {
  const worker = new Worker(new URL('load.ts', import.meta.url), { workerData: load });
  // Sound: the thread posts its figures and nothing else.
  const [figures] = (await once(worker, 'message')) as [LoadFigures];
  return figures;
}

async function certificate(client: Client): Promise<string> {
  const secret = await client.get(Secret, { namespace: ownNamespace, name: secretName });
  return secret?.data?.['tls.crt'] ?? JSON.stringify(secret?.data);
}

/** As an API server asks. */
function review(): string {
  const { apiVersion, kind, ...object } = wantedContainer('default', 'bench', {
    ports: [{ name: 'http', containerPort: 8080 }],
  });
  const [group, version] = apiVersion.split('/');
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: crypto.randomUUID(),
      operation: 'CREATE',
      namespace: 'default',
      kind: { group, version, kind },
      object: { apiVersion, kind, ...object },
      oldObject: null,
    },
  });
}

function row(certificates: string, { latencies, failures, sentPerSecond }: LoadFigures, replaced: boolean): Row {
  return {
    certificates,
    'asked/s': Math.round(sentPerSecond),
    'p50 ms': percentile(latencies, 0.5),
    'p99 ms': percentile(latencies, 0.99),
    failures: failures.length,
    replaced: replaced ? 'yes' : 'no',
  };
}
