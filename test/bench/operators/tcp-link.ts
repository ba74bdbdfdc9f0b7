/**
 * The line between a contestant and its API server, byte by byte, so that TLS and HTTP/2 stay end to end: it can be cut, be
 * closed for a while, and fall silent. It listens at the API server's own address, for which its certificate is good.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class TcpLink implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isOpen = true;

  private constructor(target: URL) {
    this.#server = createServer((client) => this.#join(client, target));
  }

  /** @param server `https://address:port` */
  static async open(server: string): Promise<TcpLink> {
    const target = new URL(server);
    const link = new TcpLink(target);
    link.#server.listen(0, target.hostname);
    await once(link.#server, 'listening');
    return link;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `https://${address}:${port}`;
  }

  /** Resets every connection there is. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets every connection, also new ones, until `reopen`. */
  close(): void {
    this.#isOpen = false;
    this.cut();
  }

  reopen(): void {
    this.#isOpen = true;
  }

  /** What is connected stays so and hears nothing any more; whoever connects anew is served. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, { hostname, port }: URL): void {
    if (!this.#isOpen) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
