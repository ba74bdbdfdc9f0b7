/**
 * Asks a program in a pod over HTTP, by way of the API server (`pods/proxy`): it needs no route to the pod's network, and
 * reaches nothing but that pod. https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/
 */
import { DokkerrError } from '../errors.ts';
import { Pod } from './kinds.ts';
import { objectPath } from './path.ts';
import { parseStatus, statusError } from './status-error.ts';
import type { ApiResponse, Transport } from './transport.ts';
import type { ObjectKey, PodAnswer, PodRequest } from './types.ts';

/** Bytes that are kept of an answer: its beginning. */
const keptBytes = 4096;

/** What the API server says for itself; everything else is the program's answer, or that nobody answered. */
const ownReasons: ReadonlySet<string | undefined> = new Set([
  'Forbidden',
  'Unauthorized',
  'NotFound',
  'TooManyRequests',
]);

/**
 * Resolves to the program's answer, whatever its status; 503 when nothing answers at that port.
 * @throws DKR_API_* when it was not asked; DKR_API_UNREACHABLE when the connection was lost and nobody knows; DKR_TIMEOUT when
 * `signal` aborted
 */
export async function askPod(transport: Transport, pod: ObjectKey, request: PodRequest): Promise<PodAnswer> {
  const { port, path, method, timeoutMs, signal } = request;
  // Beyond the pod are other paths of the API server, which are reached with the operator's rights.
  if (!path.startsWith('/') || /\.\.|%|\\/.test(path)) {
    throw new DokkerrError(
      'DKR_SPEC_INVALID',
      `${path} is no path within a pod: write one that starts with / and has no ..`,
    );
  }
  const { name, ...place } = pod;
  const address = `${objectPath(Pod, { ...place, name: `${name}:${port}` }, 'proxy')}${path}`;
  const response = await transport.send({ method, path: address, accept: '*/*', timeoutMs, keptBytes, signal });
  if (isOwn(response)) {
    const verb = method === 'GET' ? 'get' : 'create';
    throw statusError(response, { verb, kind: Pod, key: pod, subresource: 'proxy' });
  }
  return { status: response.status, text: parseStatus(response.text).message ?? response.text };
}

function isOwn({ status, text }: ApiResponse): boolean {
  if (status < 400) return false;
  const said = parseStatus(text);
  return said.status === 'Failure' && said.code === status && ownReasons.has(said.reason);
}
