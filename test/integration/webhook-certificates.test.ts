/** The webhooks' certificates against a real API server: made, agreed on, renewed and replaced while it calls. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { waitUntil } from '#cluster/wait.ts';
import { Container } from '#crds/container.ts';
import { connectCluster } from '#runtime/client/connect.ts';
import { Secret } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { type Clock, systemClock } from '#runtime/clock.ts';
import type { DokkerrError } from '#runtime/errors.ts';
import {
  type AdmissionCluster,
  aReplica,
  configurationName,
  ownNamespace,
  type ReplicaOptions,
  readCaBundle,
  register,
  secretName,
  startAdmissionCluster,
  wantedContainer,
} from '#test/fixtures/webhooks.ts';
import { readBundle } from '#webhooks/certificates/certificate.ts';
import { createAuthority, issueLeaf } from '#webhooks/certificates/issue.ts';
import { readStored } from '#webhooks/certificates/stored.ts';
import { ValidatingWebhookConfiguration } from '#webhooks/kinds.ts';
import { createWebhooks, type Webhooks } from '#webhooks/role.ts';

const day = 86_400_000;
const secretKey = { namespace: ownNamespace, name: secretName };
let cluster: AdmissionCluster;
let client: Client;
let started: { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  cluster = await startAdmissionCluster();
  ({ client } = cluster);
  await cluster.createNamespace('shop');
});
afterAll(() => cluster[Symbol.asyncDispose]());
beforeEach(() => {
  started = [];
});
afterEach(async () => {
  // In reverse: whoever calls the webhooks ends before they do.
  for (const part of started.reverse()) await part.stop();
  await client.delete(ValidatingWebhookConfiguration, { name: configurationName });
  await client.delete(Secret, secretKey);
});

async function start(options: ReplicaOptions & { client?: Client } = {}): Promise<Webhooks> {
  const { webhooks } = aReplica(options.client ?? cluster.webhookClient, options);
  started.push(webhooks);
  await webhooks.start();
  return webhooks;
}

const readSecret = async () => readStored(await client.get(Secret, secretKey));

/** The certificate a client that trusts `ca` is shown; rejects when it does not trust it. */
function handshake(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: '' }, () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      resolve(fingerprint256.replaceAll(':', '').toLowerCase());
    });
    socket.on('error', reject);
  });
}

/**
 * Containers created without being stored: `rate` a second, fewer where that many cannot be answered, for no more than
 * `maxInFlight` wait at once.
 */
function admissions(rate: number) {
  const maxInFlight = 50;
  const begun = performance.now();
  const failures: string[] = [];
  const running = new Set<Promise<void>>();
  let sent = 0;
  const admit = async (name: string) => {
    try {
      await client.create(Container, wantedContainer('shop', name), { dryRun: true });
    } catch (thrown) {
      failures.push((thrown as DokkerrError).message);
    }
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1000) * rate);
    for (; sent < due && running.size < maxInFlight; sent++) {
      const one = admit(`load-${sent}`).then(() => void running.delete(one));
      running.add(one);
    }
  }, 10);
  const load = {
    /** How many were sent, and why some were not admitted. */
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return { sent, failures };
    },
  };
  started.push(load);
  return load;
}

/** New connections all the time, each verified with the bundle as it stands in the configuration. */
function handshakes(ports: readonly number[]) {
  const seen = new Set<string>();
  const failures: string[] = [];
  let stopped = false;
  const loop = async () => {
    while (!stopped) {
      const ca = await readCaBundle(client);
      for (const port of ports) {
        try {
          seen.add(await handshake(port, ca));
        } catch (thrown) {
          failures.push(`${(thrown as Error).message} with ${readBundle(ca).length} authorities`);
        }
      }
      await delay(20);
    }
  };
  const ended = loop();
  const fresh = {
    async stop() {
      stopped = true;
      await ended;
      return { certificates: seen.size, failures };
    },
  };
  started.push(fresh);
  return fresh;
}

describe('rotation', () => {
  it('fails none of 200 admissions a second while certificates and authorities come and go', async () => {
    // A busy API server may take a second to hear of a bundle, as a real one may take some of the ten that `settle` is.
    const lifetimes = { ca: 30_000, leaf: 12_000, settle: 2000 };
    const first = await start({ lifetimes });
    const second = await start({ lifetimes });
    await register(client, first.port ?? 0);
    const load = admissions(200);
    const fresh = handshakes([first.port ?? 0, second.port ?? 0]);
    const before = await readSecret();
    const [old] = before?.authorities ?? [];
    await waitUntil(
      'the first authority to have gone from the bundle',
      async () => readBundle(await readCaBundle(client)).every(({ id }) => id !== old?.id),
      { timeoutMs: 90_000, intervalMs: 200 },
    );
    const { sent, failures } = await load.stop();
    const shown = await fresh.stop();
    expect(failures).toEqual([]);
    expect(shown.failures).toEqual([]);
    expect(shown.certificates).toBeGreaterThan(2);
    // On two idle cores it is the 200 offered; a machine that does much besides answers fewer, and none may fail all the same.
    expect(sent).toBeGreaterThan(500);
  });

  it('fails no admission while the Secret is deleted, emptied and filled with nonsense', async () => {
    const lifetimes = { ca: 365 * day, leaf: 30 * day, settle: 2000 };
    const first = await start({ lifetimes });
    const second = await start({ lifetimes });
    await register(client, first.port ?? 0);
    const load = admissions(50);
    const fresh = handshakes([first.port ?? 0, second.port ?? 0]);
    const nonsense = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n').toString('base64');
    const damages = [
      () => client.delete(Secret, secretKey),
      () => client.patch(Secret, secretKey, { data: { 'ca.crt': null, 'ca.key': null } }),
      () => client.patch(Secret, secretKey, { data: { 'ca.crt': nonsense } }),
      () => client.patch(Secret, secretKey, { data: { 'tls.crt': nonsense, 'tls.key': '' } }),
    ];
    for (const damage of damages) {
      await damage();
      await waitUntil(
        'the replicas to have settled on one authority for a new certificate',
        async () => {
          const stored = await readSecret();
          const ca = await readCaBundle(client);
          if (stored?.leaf === undefined || stored.leaf.issuer.id !== stored.authorities[0].id) return false;
          const shown = await Promise.all([first, second].map(({ port = 0 }) => handshake(port, ca)));
          return shown.every((id) => id === stored.leaf?.id);
        },
        { timeoutMs: 60_000 },
      );
    }
    expect((await load.stop()).failures).toEqual([]);
    expect((await fresh.stop()).failures).toEqual([]);
  });

  it('survives a clock that jumps past the end of all certificates', async () => {
    // Begun a year and more ago, so that after the jump it is the API server's own time.
    let behind = 400 * day;
    const clock: Clock = { ...systemClock, now: () => new Date(Date.now() - behind) };
    const webhooks = await start({ clock });
    await register(client, webhooks.port ?? 0);
    const admit = () => client.create(Container, wantedContainer('shop', 'after'), { dryRun: true });
    await expect(admit()).rejects.toThrow(/certificate has expired/);
    behind = 0;
    expect(webhooks.ready.problem()).toMatch(/^the certificate is not valid now/);
    await waitUntil('a valid certificate to be served', () => webhooks.ready.problem() === undefined, {
      timeoutMs: 10_000,
    });
    await waitUntil('the API server to take the new authority over', async () => (await admit()).kind === 'Container', {
      timeoutMs: 10_000,
    });
    expect((await readSecret())?.authorities).toHaveLength(1);
  });

  it('puts back a bundle that somebody emptied', async () => {
    const webhooks = await start();
    await register(client, webhooks.port ?? 0);
    const bundle = await readCaBundle(client);
    await client.patch(ValidatingWebhookConfiguration, { name: configurationName }, [
      { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' },
    ]);
    await waitUntil('the bundle to be back', async () => (await readCaBundle(client)) === bundle, { timeoutMs: 5_000 });
  });
});

describe('replicas', () => {
  it('that start at the same moment agree on one authority and one certificate', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => start()));
    await register(client, all[0]?.port ?? 0);
    const stored = await readSecret();
    const ca = await readCaBundle(client);
    expect(readBundle(ca).map(({ id }) => id)).toEqual(stored?.authorities.map(({ id }) => id));
    expect(stored?.authorities).toHaveLength(1);
    const shown = await Promise.all(all.map(({ port = 0 }) => handshake(port, ca)));
    expect(new Set(shown)).toEqual(new Set([stored?.leaf?.id]));
  });

  it('that find no Secret at the same moment agree although each made an authority', async () => {
    const both = Promise.withResolvers<void>();
    let creating = 0;
    const { webhookClient: real } = cluster;
    const rival: Client = {
      get: (kind, key, options) => real.get(kind, key, options),
      list: (kind, options) => real.list(kind, options),
      async create(kind, object, options) {
        if (object.kind === 'Secret' && ++creating === 2) both.resolve();
        if (object.kind === 'Secret') await both.promise;
        return real.create(kind, object, options);
      },
      update: (kind, object, options) => real.update(kind, object, options),
      apply: (kind, object, options) => real.apply(kind, object, options),
      patch: (kind, key, patch, options) => real.patch(kind, key, patch, options),
      delete: (kind, key, options) => real.delete(kind, key, options),
      exec: (pod, request) => real.exec(pod, request),
      askPod: (pod, request) => real.askPod(pod, request),
      raw: (path, options) => real.raw(path, options),
    };
    const two = await Promise.all([start({ client: rival }), start({ client: rival })]);
    expect(creating).toBe(2);
    const stored = await readSecret();
    const shown = await Promise.all(two.map(({ port = 0 }) => handshake(port, stored?.authorities[0].pem ?? '')));
    expect(shown).toEqual([stored?.leaf?.id, stored?.leaf?.id]);
  });

  it('that start later take over what is there and write nothing', async () => {
    await start();
    const before = (await client.get(Secret, secretKey))?.metadata.resourceVersion;
    const later = await start();
    expect(later.ready.problem()).toBeUndefined();
    expect((await client.get(Secret, secretKey))?.metadata.resourceVersion).toBe(before);
  });

  it('answer for a while after they were told to stop, and not at all when something failed', async () => {
    const leaving = await start({ drain: 3000 });
    await register(client, leaving.port ?? 0);
    const admit = (name: string) => client.create(Container, wantedContainer('shop', name), { dryRun: true });
    const stopped = leaving.stop();
    for (let sent = 0; sent < 20; sent++) expect((await admit(`late-${sent}`)).kind).toBe(Container.kind);
    await stopped;
    await expect(admit('too-late')).rejects.toThrow('failed calling webhook');
    const failing = await start({ drain: 3000 });
    const begun = performance.now();
    await failing.stop(true);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('say in one line what they lack when they may not keep the Secret', async () => {
    const connection = await connectCluster({ kubeconfig: await nobodysKubeconfig() });
    const { webhooks } = aReplica(connection.client);
    started.push(webhooks);
    const refused = webhooks.start();
    await expect(refused).rejects.toMatchObject({ code: 'DKR_API_FORBIDDEN' });
    await expect(refused).rejects.toThrow(/^not permitted to get [^\n]+$/);
    await connection.transport.close();
  });
});

/** Of an account that may do nothing. */
async function nobodysKubeconfig(): Promise<string> {
  const path = join(cluster.controlPlane.dir, 'nobody.kubeconfig');
  const config = parse(await readFile(cluster.controlPlane.kubeconfigPath, 'utf8')) as {
    users: { user: Record<string, unknown> }[];
  };
  for (const { user } of config.users) user.as = 'nobody';
  await writeFile(path, stringify(config));
  return path;
}

describe('a mounted certificate', () => {
  it('is served as it is, and again when it is replaced', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'dokkerr-webhook-mounted-'));
    const authority = createAuthority(new Date(), day);
    const write = async () => {
      const leaf = issueLeaf(authority, ['127.0.0.1'], new Date(), day);
      await Promise.all([writeFile(join(dir, 'tls.crt'), leaf.pem), writeFile(join(dir, 'tls.key'), leaf.key)]);
      return leaf.id;
    };
    const mounted = () =>
      createWebhooks({
        client,
        clock: systemClock,
        log: pino({ level: 'silent' }),
        registry: new Registry(),
        listen: { host: '127.0.0.1', port: 0 },
        namespace: ownNamespace,
        service: 'dokkerr-webhooks',
        interval: 50,
        certificate: { kind: 'mounted', dir },
      });
    await expect(mounted().start()).rejects.toThrow(/cannot read the webhooks' certificate: .*tls.crt/);
    const first = await write();
    const webhooks = mounted();
    started.push(webhooks);
    await webhooks.start();
    const shown = () => handshake(webhooks.port ?? 0, authority.certificate.pem);
    expect(await shown()).toBe(first);
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    await writeFile(join(dir, 'tls.key'), foreign.export({ type: 'pkcs8', format: 'pem' }));
    const second = await write();
    await waitUntil('the new certificate', async () => (await shown()) === second, { timeoutMs: 5_000 });
    await rm(dir, { recursive: true });
  });
});
