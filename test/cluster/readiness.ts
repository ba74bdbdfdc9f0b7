// Checks that a program serves, for the `ready` of a process specification.
import { connect } from 'node:net';
import { Agent, request } from 'undici';

/** True when something accepts connections on the socket file. */
export function acceptsOn(path: string): () => Promise<boolean> {
  return () =>
    new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', reject);
    });
}

/** True when a GET answers 200. */
export function answersOk(url: string, tls: { ca?: string; rejectUnauthorized?: boolean } = {}) {
  return async (signal: AbortSignal): Promise<boolean> => {
    // A connection a question: a kept one would outlive the program it is asked of.
    const dispatcher = new Agent({ connect: { ...tls, timeout: 2000 }, pipelining: 0 });
    try {
      const { statusCode, body } = await request(url, { dispatcher, signal });
      const text = await body.text();
      if (statusCode === 200) return true;
      throw new Error(`${url} answers ${statusCode}: ${text.slice(0, 300)}`);
    } finally {
      await dispatcher.destroy();
    }
  };
}
