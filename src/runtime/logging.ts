/**
 * The operator's log: one JSON object a line for machines, readable lines on a terminal. An error is written by its named
 * fields only and values under secret-sounding names are censored, so that nothing of a Secret gets into a log.
 */
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { DokkerrError } from './errors.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggingOptions {
  /** default `info` */
  readonly level?: LogLevel;
  /** default `auto`: readable on a terminal, JSON elsewhere */
  readonly format?: 'auto' | 'json' | 'text';
  /** default: standard output */
  readonly destination?: DestinationStream;
}

/** Names under which something secret may stand, at the top of a line or one level down. */
const secretNames = [
  'accessKey',
  'authorization',
  'clientKey',
  'data',
  'kubeconfig',
  'password',
  'secret',
  'secretKey',
  'stringData',
  'token',
];

/** @throws never for a missing pretty printer: then the log is JSON */
export async function createLogger(options: LoggingOptions = {}): Promise<Logger> {
  const { level = 'info', format = 'auto', destination } = options;
  const settings: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: errorFields },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[censored]' },
  };
  const isText = format === 'text' || (format === 'auto' && destination === undefined && process.stdout.isTTY);
  const stream = isText ? ((await prettyStream()) ?? destination) : destination;
  return stream === undefined ? pino(settings) : pino(settings, stream);
}

/** Loaded only when it is to be used; an image for production does not carry it. */
async function prettyStream(): Promise<DestinationStream | undefined> {
  try {
    const { default: pretty } = await import('pino-pretty');
    return pretty({ translateTime: 'SYS:HH:MM:ss.l', ignore: 'reconcileID', singleLine: true });
  } catch {
    return undefined;
  }
}

interface ErrorFields {
  type: string;
  message: string;
  code?: string;
  class?: string;
  httpStatus?: number;
  stack?: string;
  cause?: ErrorFields;
}

/** How deep a chain of causes is followed; longer ones repeat themselves. */
const MAX_CAUSES = 4;

function errorFields(thrown: unknown, depth = 0): ErrorFields {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) };
  return {
    type: thrown.name,
    message: thrown.message,
    ...(thrown instanceof DokkerrError ? { code: thrown.code, class: thrown.class } : {}),
    ...(thrown instanceof DokkerrError && thrown.httpStatus !== undefined ? { httpStatus: thrown.httpStatus } : {}),
    ...(thrown.stack === undefined || isExpected(thrown) ? {} : { stack: thrown.stack }),
    ...(thrown.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: errorFields(thrown.cause, depth + 1) }),
  };
}

/** Where an error of the catalogue was made says nothing that its code does not; an unexpected one needs its stack. */
function isExpected(error: Error): boolean {
  return error instanceof DokkerrError && error.code !== 'DKR_INTERNAL';
}
