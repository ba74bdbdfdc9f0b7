/** A watch whose API server vanishes without a word, as with its machine: only the kernel can find out. Relies on network namespaces. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '#cluster/command.ts';
import { createNetwork, deleteNetwork } from '#cluster/netns.ts';
import { createTransport } from '#runtime/client/transport.ts';

const netns = `dokkerr-vanished-${process.pid}`;
/** Answers with one line and leaves the rest open. */
const server = `require('node:http').createServer((_, answer) => answer.write('begun\\n')).listen(8080, () => console.log('up'))`;

let address: string;
let hostIP: string;
let peer: ChildProcess;
beforeEach(async () => {
  const network = await createNetwork(netns);
  ({ hostIP } = network);
  address = `http://${network.nodeIP}:8080`;
  peer = spawn('ip', ['netns', 'exec', netns, process.execPath, '--eval', server], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (peer.stdout !== null) await once(peer.stdout, 'data');
});
afterEach(async () => {
  peer.kill('SIGKILL');
  await once(peer, 'close');
  await deleteNetwork(netns);
});

test('a stream whose other end no longer answers ends in half a minute, long before its silence would tell', async () => {
  const nobody = { headers: {}, tls: {} };
  const transport = createTransport({ server: address, current: () => nobody, renew: async () => nobody });
  let vanishedAt = 0;
  let vanishing: Promise<unknown> | undefined;
  const stream = transport.stream({ path: '/', idleMs: 90_000 }, () => {
    vanishedAt = performance.now();
    vanishing = run('ip', ['-netns', netns, 'route', 'add', 'blackhole', `${hostIP}/32`]);
  });
  await expect(stream).rejects.toMatchObject({ code: 'DKR_API_UNREACHABLE' });
  await vanishing;
  expect(performance.now() - vanishedAt).toBeGreaterThan(15_000);
  expect(performance.now() - vanishedAt).toBeLessThan(45_000);
  await transport.close();
});
