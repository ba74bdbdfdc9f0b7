/**
 * Credentials from a program named in a kubeconfig (`users[].user.exec`): run it, read the ExecCredential it prints
 * (https://kubernetes.io/docs/reference/config-api/client-authentication.v1/), keep it until it expires.
 */
import { execFile } from 'node:child_process';
import { dirname, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { DokkerrError } from '../errors.ts';
import type { Authentication, TlsMaterial } from './credentials.ts';

export interface ExecPlugin {
  /** the kubeconfig file, which a relative command refers to */
  readonly file: string;
  /** `user "name"`, for messages */
  readonly user: string;
  /** the `exec` mapping as it stands there */
  readonly exec: Readonly<Record<string, unknown>>;
  readonly server: string;
  readonly tls: () => TlsMaterial;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One answer of the program. */
export interface Issued {
  readonly authentication: Authentication;
  /** Unix milliseconds; absent when it lasts until refused */
  readonly expiresAt?: number;
}

/** A program that asks a person would hang an operator for ever. */
const timeoutMs = 60_000;

/** @throws DKR_CONFIG_INVALID with the program's own words */
export async function runExecPlugin(plugin: ExecPlugin): Promise<Issued> {
  const { command, apiVersion } = plugin.exec;
  if (typeof command !== 'string' || command === '') throw failed(plugin, 'names no command');
  if (typeof apiVersion !== 'string') throw failed(plugin, 'names no apiVersion');

  const tls = plugin.tls();
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(plugin.exec.provideClusterInfo === true
        ? {
            cluster: {
              server: plugin.server,
              ...(tls.ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') }),
              ...(tls.servername === undefined ? {} : { 'tls-server-name': tls.servername }),
              ...(tls.insecure === true ? { 'insecure-skip-tls-verify': true } : {}),
            },
          }
        : {}),
    },
  };
  const path = command.includes(sep) ? resolve(dirname(plugin.file), command) : command;
  const env = { ...plugin.env, ...variables(plugin.exec.env), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const printed = await run(plugin, path, strings(plugin.exec.args), env);
  return readCredential(plugin, printed, tls);
}

async function run(plugin: ExecPlugin, path: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, args, { env, timeout: timeoutMs, maxBuffer: 1 << 20 });
    return stdout;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      const hint = plugin.exec.installHint;
      throw failed(plugin, `${path} is not installed${typeof hint === 'string' ? `: ${hint.trim()}` : ''}`, cause);
    }
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : '';
    throw failed(plugin, `${path} failed: ${stderr.split('\n').at(-1) || String(cause)}`, cause);
  }
}

function readCredential(plugin: ExecPlugin, printed: string, tls: TlsMaterial): Issued {
  let credential: { status?: { [field: string]: unknown } } | null;
  try {
    credential = JSON.parse(printed) as typeof credential;
  } catch (cause) {
    throw failed(plugin, 'printed something that is not JSON', cause);
  }
  const status = credential?.status ?? {};
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: expiry } = status;
  if (typeof token !== 'string' && typeof cert !== 'string') {
    throw failed(plugin, 'printed neither a token nor a client certificate');
  }
  const expiresAt = typeof expiry === 'string' ? Date.parse(expiry) : Number.NaN;
  return {
    authentication: {
      headers: typeof token === 'string' ? { authorization: `Bearer ${token}` } : {},
      tls: typeof cert === 'string' && typeof key === 'string' ? { ...tls, cert, key } : tls,
    },
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
}

function strings(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

/** `[{name, value}]`, as pods write it too. */
function variables(list: unknown): Record<string, string> {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(list.map((entry: { name: string; value: string }) => [entry.name, entry.value]));
}

function failed(plugin: ExecPlugin, problem: string, cause?: unknown): DokkerrError {
  const message = `kubeconfig ${plugin.file}: the credential plugin of ${plugin.user} ${problem}`;
  return new DokkerrError('DKR_CONFIG_INVALID', message, { cause });
}
