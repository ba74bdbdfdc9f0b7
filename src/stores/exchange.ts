/**
 * The requests of one S3 client, watched: each ends with the signal or the time limit, and what the client does not tell,
 * the server's clock and how long it took to answer, is kept. Relies on the `minio` client taking a transport.
 */
import http from 'node:http';
import https from 'node:https';
import type { ClientOptions } from 'minio';

type Transport = NonNullable<ClientOptions['transport']>;

/** What the last answer said besides its content. */
export interface Answer {
  readonly status: number;
  /** milliseconds from the request's start to the answer's first line, with connecting */
  readonly latencyMs: number;
  /** milliseconds that the server's clock is ahead of ours, to about a second; absent without a Date header */
  readonly clockSkewMs?: number;
}

/** The transport of one client and what it saw. */
export interface Exchange {
  readonly transport: Transport;
  /** absent until the first answer */
  readonly last: () => Answer | undefined;
}

/** A request is given up after `timeoutMs` without an end, or when `signal` aborts. */
export function watchExchange(isTls: boolean, timeoutMs: number, signal?: AbortSignal): Exchange {
  let last: Answer | undefined;
  const send = isTls ? https.request : http.request;
  // The client calls it with options and a callback only.
  const request = (options: http.RequestOptions, onResponse?: (response: http.IncomingMessage) => void) => {
    const started = Date.now();
    const timeout = AbortSignal.timeout(timeoutMs);
    const ending = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    return send({ ...options, signal: ending }, (response) => {
      last = answerOf(response, started, Date.now());
      onResponse?.(response);
    });
  };
  return { transport: { request: request as Transport['request'] }, last: () => last };
}

/** The server's clock was read somewhere between the two times; the header has whole seconds, so it is half of one late. */
function answerOf({ statusCode = 0, headers: { date } }: http.IncomingMessage, started: number, ended: number): Answer {
  const theirs = date === undefined ? Number.NaN : Date.parse(date) + 500;
  const skew = Number.isNaN(theirs) ? {} : { clockSkewMs: Math.round(theirs - (started + ended) / 2) };
  return { status: statusCode, latencyMs: ended - started, ...skew };
}
