/** Passes on a connection that becomes another one, as that of a command in a pod becomes a WebSocket. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** @param onward the request for the same upgrade, which is sent here */
export function passOnUpgrade(client: Duplex, onward: ClientRequest): void {
  const breakBoth = () => {
    client.destroy();
    onward.destroy();
  };
  onward.on('upgrade', (answer, server, first) => {
    client.write(headOf(answer));
    client.write(first);
    server.on('error', breakBoth).on('close', () => client.end());
    client.on('close', () => server.destroy());
    server.pipe(client).pipe(server);
  });
  onward.on('response', (answer) => {
    client.write(headOf(answer));
    answer.pipe(client);
  });
  onward.on('error', breakBoth);
  client.on('error', breakBoth);
  onward.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const fields = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`] : [],
  );
  return [`HTTP/1.1 ${statusCode ?? 502} ${statusMessage ?? ''}`, ...fields, '', ''].join('\r\n');
}
