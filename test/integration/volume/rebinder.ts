/**
 * A process of its own that re-binds a claim and kills itself at the write it is told. Arguments: a kubeconfig, the Rebinding
 * as JSON, and `before 3` or `after 3` for the third write.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Rebinding } from '#contracts/volume/decide.ts';
import { rebind } from '#contracts/volume/rebind.ts';
import { connectCluster } from '#runtime/client/connect.ts';
import type { Client } from '#runtime/client/types.ts';
import { asDokkerrError } from '#runtime/errors.ts';

const [kubeconfig = '', wanted = '', moment, at] = process.argv.slice(2);
const { client, transport } = await connectCluster({ kubeconfig, fieldManager: 'rebinder' });
let writes = 0;

/** A write that met a conflict changed nothing and comes again: only those that got through count. */
async function written<R>(write: () => Promise<R>): Promise<R> {
  const isIt = String(writes + 1) === at;
  if (isIt && moment === 'before') process.kill(process.pid, 'SIGKILL');
  const answer = await write();
  writes++;
  if (isIt && moment === 'after') process.kill(process.pid, 'SIGKILL');
  return answer;
}

const mortal: Client = {
  get: (kind, key, options) => client.get(kind, key, options),
  list: (kind, options) => client.list(kind, options),
  create: (kind, object, options) => written(() => client.create(kind, object, options)),
  update: (kind, object, options) => written(() => client.update(kind, object, options)),
  apply: (kind, object, options) => written(() => client.apply(kind, object, options)),
  patch: (kind, key, patch, options) => written(() => client.patch(kind, key, patch, options)),
  delete: (kind, key, options) => written(() => client.delete(kind, key, options)),
  exec: (pod, request) => client.exec(pod, request),
  askPod: (pod, request) => client.askPod(pod, request),
  raw: (path, options) => client.raw(path, options),
};

/** As the engine enters a step again: after a while, and after a conflict. */
for (let isDone = false; !isDone; ) {
  try {
    isDone = (await rebind(mortal, JSON.parse(wanted) as Rebinding)).done;
  } catch (error) {
    if (asDokkerrError(error).class !== 'conflict') throw error;
  }
  if (!isDone) await delay(50);
}
await transport.close();
