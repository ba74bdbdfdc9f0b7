/** Health checks of a Container, shaped as in the core API. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { listOf } from '../schema/lists.ts';
import { dnsLabel, portNumber, text } from '../schema/names.ts';
import { portReference } from '../schema/quantity.ts';

const probe = z
  .object({
    httpGet: z
      .object({
        path: text(2048).default('/').describe('Path to ask for; an answer from 200 to 399 is healthy.'),
        port: portReference.describe('Number or name of the port.'),
        scheme: z.enum(['HTTP', 'HTTPS']).default('HTTP').describe('Certificates are not verified with HTTPS.'),
        httpHeaders: listOf(
          z.object({
            name: text(256).describe('Name of the header.'),
            value: z.string().max(4096).describe('Its value.'),
          }),
          16,
        )
          .exactOptional()
          .describe('Headers to send.'),
      })
      .exactOptional()
      .describe('Healthy when an HTTP GET succeeds.'),
    tcpSocket: z
      .object({ port: portReference.describe('Number or name of the port.') })
      .exactOptional()
      .describe('Healthy when the port accepts a connection.'),
    exec: z
      .object({ command: listOf(text(4096), 64).min(1).describe('Program and arguments; no shell is involved.') })
      .exactOptional()
      .describe('Healthy when a command in the container exits with 0.'),
    grpc: z
      .object({
        port: portNumber.describe('Number of the port.'),
        service: dnsLabel.exactOptional().describe('Service name to ask for.'),
      })
      .exactOptional()
      .describe('Healthy when the gRPC health service says SERVING.'),
    initialDelaySeconds: z.int32().min(0).exactOptional().describe('Seconds after the start before the first check.'),
    periodSeconds: z.int32().min(1).default(10).describe('Seconds between checks.'),
    timeoutSeconds: z.int32().min(1).default(1).describe('Seconds after which a check has failed.'),
    failureThreshold: z.int32().min(1).default(3).describe('Failures in a row that count.'),
  })
  .meta(
    rules(
      rule(
        '[has(self.httpGet), has(self.tcpSocket), has(self.exec), has(self.grpc)].filter(x, x).size() == 1',
        'a probe takes exactly one of httpGet, tcpSocket, exec and grpc: keep one of them',
      ),
    ),
  );

/** `spec.probes`. */
export const probes = z.object({
  startup: probe
    .exactOptional()
    .describe('Until it succeeds the other two wait; when it fails the container is restarted. For slow starters.'),
  readiness: probe
    .exactOptional()
    .describe('While it fails the pod gets no traffic, and an update does not go on. Declare at least this one.'),
  liveness: probe.exactOptional().describe('When it fails the container is restarted.'),
});

/** One health check. */
export type Probe = z.infer<typeof probe>;
