/**
 * Stands between a client and a real API server and does to their connection what networks and overloaded servers do:
 * cuts it, lets it fall silent, answers in the server's place. What it forwards, it forwards with the kubeconfig's rights.
 */
import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { type Credentials, resolveCredentials } from '#runtime/client/credentials.ts';
import { createTransport, type Transport } from '#runtime/client/transport.ts';
import { passOnUpgrade } from './pass-on-upgrade.ts';

/** An answer in the API server's place. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request that changes something. */
export interface Write {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/**
 * Is shown each write before the API server is asked (`before`), and once it has done it (`after`); says whether it, or the
 * answer, is passed on. One that is not has its connection cut.
 */
export type Guard = (write: Write, moment: 'before' | 'after') => Promise<boolean>;

interface Ambush {
  readonly matches: (url: string) => boolean;
  readonly answer: Answer;
  timesLeft: number;
}

export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #credentials: Credentials;
  readonly #agent: Agent;
  readonly #sockets = new Set<Socket>();
  readonly #streams = new Map<ServerResponse, string>();
  #ambushes: Ambush[] = [];
  #refusing = false;
  /** of the writes that come from now on */
  guard: Guard | undefined;
  /** path and query of every request that came, with the time in milliseconds since the start of the process */
  readonly requests: { readonly url: string; readonly at: number }[] = [];

  private constructor(credentials: Credentials, agent: Agent) {
    this.#credentials = credentials;
    this.#agent = agent;
    this.#server = createServer((incoming, outgoing) => this.#take(incoming, outgoing));
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => void this.#upgrade(incoming, socket));
    this.#server.on('connection', (socket: Socket) => {
      if (this.#refusing) {
        socket.resetAndDestroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    });
  }

  static async start(kubeconfig: string): Promise<FaultProxy> {
    const credentials = resolveCredentials({ kubeconfig });
    const { tls } = await credentials.current();
    const proxy = new FaultProxy(credentials, new Agent({ ...tls, keepAlive: true }));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A transport that knows only this proxy. */
  transport(timeoutMs = 2000): Transport {
    const nobody = { headers: {}, tls: {} };
    return createTransport({ server: this.url, current: () => nobody, renew: async () => nobody }, { timeoutMs });
  }

  /** Resets every connection there is; new ones are welcome. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets every connection, also new ones, until `accept`. */
  refuse(): void {
    this.#refusing = true;
    this.cut();
  }

  accept(): void {
    this.#refusing = false;
  }

  /** Every connection there is stays open and says nothing any more, as behind a firewall that forgot it. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data');
      socket.pause();
      socket.write = () => true;
      socket.end = () => socket;
    }
  }

  /** Answers the next `times` requests whose URL holds all of `parts` in the API server's place. */
  answer(parts: readonly string[], answer: Answer, times = 1): void {
    this.#ambushes.push({ matches: (url) => parts.every((part) => url.includes(part)), answer, timesLeft: times });
  }

  /** Writes into every open answer whose URL holds `part`, as if the API server had sent it. */
  inject(part: string, text: string): void {
    for (const [response, url] of this.#streams) if (url.includes(part)) response.write(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#refusing = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const url = incoming.url ?? '/';
    this.requests.push({ url, at: performance.now() });
    const ambush = this.#ambushes.find((candidate) => candidate.matches(url));
    if (ambush === undefined) {
      const { guard } = this;
      if (guard === undefined || incoming.method === 'GET') void this.#forward(incoming, outgoing, url);
      else void this.#forwardGuarded(incoming, outgoing, guard);
      return;
    }
    ambush.timesLeft -= 1;
    this.#ambushes = this.#ambushes.filter((candidate) => candidate.timesLeft > 0);
    incoming.resume();
    outgoing.writeHead(ambush.answer.status, { 'content-type': 'application/json', ...ambush.answer.headers });
    outgoing.end(ambush.answer.body ?? '');
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse, url: string): Promise<void> {
    const onward = await this.#onward(incoming, outgoing);
    onward.on('response', (answer) => {
      this.#streams.set(outgoing, url);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.on('data', (chunk: Buffer) => outgoing.write(chunk));
      answer.on('end', () => outgoing.end());
      answer.on('error', () => outgoing.destroy());
    });
    outgoing.on('close', () => this.#streams.delete(outgoing));
    incoming.pipe(onward);
  }

  async #forwardGuarded(incoming: IncomingMessage, outgoing: ServerResponse, guard: Guard): Promise<void> {
    const { method = '', url = '' } = incoming;
    const body = await text(incoming);
    const write = { method, url, body };
    if (!(await guard(write, 'before')) || outgoing.destroyed) {
      outgoing.destroy();
      return;
    }
    const onward = await this.#onward(incoming, outgoing);
    onward.on('response', (answer) => {
      const pass = async () => {
        const said = await buffer(answer);
        const isDone = (answer.statusCode ?? 500) < 300;
        if (isDone && !(await guard(write, 'after'))) outgoing.destroy();
        else outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(said);
      };
      pass().catch(() => outgoing.destroy());
    });
    onward.end(body);
  }

  /** The same request to the API server, without its body. Where either side breaks, so does the other. */
  async #onward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<ClientRequest> {
    const onward = request(`${this.#credentials.server}${incoming.url ?? '/'}`, await this.#like(incoming));
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    return onward;
  }

  async #like({ method = 'GET', headers: theirs }: IncomingMessage) {
    const { headers } = await this.#credentials.current();
    return { method, headers: { ...theirs, ...headers, host: '' }, agent: this.#agent };
  }

  async #upgrade(incoming: IncomingMessage, socket: Socket): Promise<void> {
    passOnUpgrade(socket, request(`${this.#credentials.server}${incoming.url ?? '/'}`, await this.#like(incoming)));
  }
}
