/**
 * Kubeconfig files, read with `yaml` alone: client-node's loader costs half a second and 70 MB, so it is imported only
 * for users that need a plugin. Merging follows kubectl: the first file that defines a name or the context wins.
 */
import { dirname, isAbsolute, resolve } from 'node:path';
import { parse } from 'yaml';
import { DokkerrError } from '../errors.ts';
import { askAuthProvider } from './auth-provider.ts';
import { type Authentication, type Credentials, fileCredentials, readText, type TlsMaterial } from './credentials.ts';
import { runExecPlugin } from './exec-plugin.ts';
import { issuedCredentials } from './issued-credentials.ts';

/** One `clusters`, `users` or `contexts` entry and the file it stands in, which its relative paths refer to. */
interface Entry {
  readonly file: string;
  readonly what: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Merged {
  currentContext: string | undefined;
  readonly clusters: Map<string, Entry>;
  readonly users: Map<string, Entry>;
  readonly contexts: Map<string, Entry>;
}

/**
 * The credentials of one context.
 * @param files merged in this order
 * @throws DKR_CONFIG_INVALID naming the file, what is wrong in it and what to write
 */
export function loadKubeconfig(
  files: readonly string[],
  options: { context?: string | undefined; env: Readonly<Record<string, string | undefined>> },
): Credentials {
  const merged = merge(files);
  const names = files.join(', ');
  const contextName = options.context ?? merged.currentContext;
  if (contextName === undefined || contextName === '') {
    throw invalid(names, `has no current-context: pass --context, one of ${listOf(merged.contexts)}`);
  }
  const context = merged.contexts.get(contextName);
  if (context === undefined) {
    throw invalid(names, `has no context "${contextName}": it has ${listOf(merged.contexts)}`);
  }
  const cluster = referred(context, 'cluster', merged.clusters);
  const user = text(context, 'user') === undefined ? undefined : referred(context, 'user', merged.users);
  const namespace = text(context, 'namespace');
  const at = {
    server: serverOf(cluster),
    ...(namespace === undefined ? {} : { namespace }),
  };

  const tls = clusterTls(cluster);
  const plugin = { file: user?.file ?? names, user: user?.what ?? '', server: at.server, tls };
  const exec = user?.fields.exec;
  if (isRecord(exec))
    return { ...at, ...issuedCredentials(() => runExecPlugin({ ...plugin, exec, env: options.env })) };
  const provider = user?.fields['auth-provider'];
  if (isRecord(provider))
    return { ...at, ...issuedCredentials(() => askAuthProvider({ ...plugin, provider }, Date.now)) };
  return { ...at, ...fileCredentials(() => authenticate(tls(), user)) };
}

function merge(files: readonly string[]): Merged {
  const merged: Merged = { currentContext: undefined, clusters: new Map(), users: new Map(), contexts: new Map() };
  for (const file of files) {
    const document = parseFile(file);
    const current = document['current-context'];
    if (typeof current === 'string' && current !== '') merged.currentContext ??= current;
    collect(file, document, 'clusters', 'cluster', merged.clusters);
    collect(file, document, 'users', 'user', merged.users);
    collect(file, document, 'contexts', 'context', merged.contexts);
  }
  return merged;
}

function parseFile(file: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = parse(readText(file));
  } catch (cause) {
    if (cause instanceof DokkerrError) throw cause;
    const [firstLine] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw invalid(file, `is not YAML: ${firstLine}`, cause);
  }
  if (!isRecord(document)) throw invalid(file, 'is empty or not a mapping: write a kubeconfig (kind: Config)');
  return document;
}

function collect(
  file: string,
  document: Readonly<Record<string, unknown>>,
  list: string,
  field: string,
  into: Map<string, Entry>,
): void {
  const entries = document[list] ?? [];
  if (!Array.isArray(entries)) throw invalid(file, `has "${list}" that is not a list`);
  for (const [index, entry] of entries.entries()) {
    const name: unknown = isRecord(entry) ? entry.name : undefined;
    if (!isRecord(entry) || typeof name !== 'string') throw invalid(file, `has ${list}[${index}] without a name`);
    const fields = entry[field] ?? {};
    if (!isRecord(fields)) throw invalid(file, `has ${field} "${name}" that is not a mapping`);
    if (!into.has(name)) into.set(name, { file, what: `${field} "${name}"`, fields });
  }
}

function referred(context: Entry, field: 'cluster' | 'user', among: ReadonlyMap<string, Entry>): Entry {
  const name = text(context, field);
  if (name === undefined) throw invalid(context.file, `${context.what} names no ${field}`);
  const entry = among.get(name);
  if (entry === undefined) {
    throw invalid(context.file, `${context.what} names ${field} "${name}", which is not there: ${listOf(among)} is`);
  }
  return entry;
}

function serverOf(cluster: Entry): string {
  const server = text(cluster, 'server');
  if (server === undefined) throw invalid(cluster.file, `${cluster.what} has no server: write https://HOST:PORT`);
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw invalid(cluster.file, `${cluster.what} has server "${server}": write https://HOST:PORT`);
  }
  if (text(cluster, 'proxy-url') !== undefined) {
    throw invalid(cluster.file, `${cluster.what} asks for proxy-url, which is not supported: name a direct server`);
  }
  return server.replace(/\/+$/, '');
}

/** Reads the cluster's side of TLS, now and whenever files are read again. */
function clusterTls(cluster: Entry): () => TlsMaterial {
  return () => {
    const ca = pem(cluster, 'certificate-authority-data', 'certificate-authority');
    const servername = text(cluster, 'tls-server-name');
    return {
      ...(ca === undefined ? {} : { ca }),
      ...(servername === undefined ? {} : { servername }),
      ...(cluster.fields['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
    };
  };
}

function authenticate(tls: TlsMaterial, user: Entry | undefined): Authentication {
  if (user === undefined) return { headers: {}, tls };
  const cert = pem(user, 'client-certificate-data', 'client-certificate');
  const key = pem(user, 'client-key-data', 'client-key');
  if ((cert === undefined) !== (key === undefined)) {
    throw invalid(
      user.file,
      `${user.what} needs both client-certificate and client-key, but has only ${cert === undefined ? 'the key' : 'the certificate'}`,
    );
  }
  const authorization = authorizationOf(user);
  const impersonated = text(user, 'as');
  return {
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(impersonated === undefined ? {} : { 'impersonate-user': impersonated }),
    },
    tls: cert === undefined || key === undefined ? tls : { ...tls, cert, key },
  };
}

/** A token file wins over a token, as in kubectl. */
function authorizationOf(user: Entry): string | undefined {
  const tokenFile = text(user, 'tokenFile');
  const token = tokenFile === undefined ? text(user, 'token') : readText(beside(user.file, tokenFile)).trim();
  if (token !== undefined) return `Bearer ${token}`;
  const username = text(user, 'username');
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${text(user, 'password') ?? ''}`).toString('base64')}`;
}

/** Inline base64 wins over a file, as in kubectl. */
function pem(entry: Entry, dataField: string, fileField: string): string | undefined {
  const data = text(entry, dataField);
  const path = text(entry, fileField);
  const found =
    data !== undefined
      ? Buffer.from(data, 'base64').toString('utf8')
      : path === undefined
        ? undefined
        : readText(beside(entry.file, path));
  if (found !== undefined && !found.includes('-----BEGIN ')) {
    throw invalid(entry.file, `${entry.what} has ${data === undefined ? fileField : dataField} that is not PEM`);
  }
  return found;
}

function text(entry: Entry, field: string): string | undefined {
  const value = entry.fields[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw invalid(entry.file, `${entry.what} has ${field} that is not a string`);
  return value;
}

function beside(file: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}

function listOf(entries: ReadonlyMap<string, unknown>): string {
  return entries.size === 0 ? 'none' : [...entries.keys()].map((name) => `"${name}"`).join(', ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(file: string, problem: string, cause?: unknown): DokkerrError {
  return new DokkerrError('DKR_CONFIG_INVALID', `kubeconfig ${file}: ${problem}`, { cause });
}
