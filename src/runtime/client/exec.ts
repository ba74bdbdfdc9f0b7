/**
 * Runs a program in a container of a pod to its end, as `kubectl exec` does, over the WebSocket protocol `v5.channel.k8s.io`
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets):
 * the first byte of each message is its channel.
 */
import type { RawData, WebSocket } from 'ws';
import { DokkerrError } from '../errors.ts';
import { Pod } from './kinds.ts';
import { objectPath } from './path.ts';
import { parseStatus, statusError } from './status-error.ts';
import type { Transport } from './transport.ts';
import type { ExecRequest, ExecResult, ObjectKey } from './types.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const channel = { stdout: 1, stderr: 2, error: 3 } as const;

/** Bytes that are kept of each output: its end. */
const keptBytes = 4096;
/** Milliseconds between two pings: a program may be silent for as long as it likes, a connection may not be dead. */
const heartbeatMs = 15_000;

/**
 * Resolves when the program has ended, however it did.
 * @throws DKR_API_* when it was not begun; DKR_API_UNREACHABLE when the connection was lost and nobody knows how it ended;
 * DKR_TIMEOUT when `signal` aborted, which does not end the program
 */
export async function exec(transport: Transport, key: ObjectKey, request: ExecRequest): Promise<ExecResult> {
  const { container, command, signal } = request;
  const parameters = new URLSearchParams({ stdout: 'true', stderr: 'true', container });
  for (const word of command) parameters.append('command', word);
  const path = `${objectPath(Pod, key, 'exec')}?${parameters.toString()}`;
  const opened = await transport.open({ path, protocols, signal });
  if (!('socket' in opened)) {
    throw statusError(opened, { verb: 'create', kind: Pod, key, subresource: 'exec' });
  }
  return conversation(opened.socket, transport.server, signal);
}

function conversation(socket: WebSocket, server: string, signal: AbortSignal | undefined): Promise<ExecResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ExecResult>();
  const stdout = new Tail(keptBytes);
  const stderr = new Tail(keptBytes);
  let verdict = '';
  const receive = (data: RawData) => {
    const bytes = bytesOf(data);
    const content = bytes.subarray(1);
    if (bytes[0] === channel.stdout) stdout.push(content);
    else if (bytes[0] === channel.stderr) stderr.push(content);
    else if (bytes[0] === channel.error) verdict += content.toString('utf8');
  };
  const close = () => {
    if (verdict === '') {
      reject(
        new DokkerrError('DKR_API_UNREACHABLE', `the connection to ${server} was lost before the program had ended`, {
          reason: 'ConnectionCut',
        }),
      );
    } else resolve({ ...endOf(verdict), stdout: stdout.text(), stderr: stderr.text() });
  };
  const abort = () => {
    reject(new DokkerrError('DKR_TIMEOUT', 'given up before the program had ended', { reason: 'Aborted' }));
    socket.terminate();
  };
  const stopHeartbeat = keepAlive(socket);
  socket.on('message', receive).once('close', close);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  socket.resume();
  return promise.finally(() => {
    stopHeartbeat();
    signal?.removeEventListener('abort', abort);
  });
}

/** Ends a connection whose other side no longer answers. */
function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, heartbeatMs);
  return () => clearInterval(timer);
}

/**
 * How a program ended, from the Status that the error channel carries at last: a number where it ran, words where it
 * could not be begun.
 */
export function endOf(verdict: string): Pick<ExecResult, 'exitCode' | 'message'> {
  const status = parseStatus(verdict);
  if (status.status === 'Success') return { exitCode: 0 };
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  const exitCode = cause === undefined ? Number.NaN : Number.parseInt(cause, 10);
  if (!Number.isNaN(exitCode)) return { exitCode };
  return { message: status.message ?? verdict.slice(0, 200) };
}

/** The end of an output. */
class Tail {
  readonly #limit: number;
  #kept = Buffer.alloc(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(bytes: Buffer): void {
    this.#kept = Buffer.from(Buffer.concat([this.#kept, bytes]).subarray(-this.#limit));
  }

  text(): string {
    return this.#kept.toString('utf8');
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
