/**
 * Who we are and where the API server is: from a kubeconfig, or from the pod's service account.
 * The order is client-go's: what was asked for, `KUBECONFIG`, the pod's own account, `~/.kube/config`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DokkerrError } from '../errors.ts';
import { loadKubeconfig } from './kubeconfig.ts';

/** What a connection and a request need to be accepted. */
export interface Authentication {
  /** `Authorization`, `Impersonate-User` and the like, ready to send */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** PEM texts and checks of a TLS connection. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  /** `insecure-skip-tls-verify`, written by the user; absent means the server's certificate is checked */
  readonly insecure?: boolean;
}

export interface Credentials {
  /** `https://host:port`, maybe with a path below which the API lives; no slash at the end */
  readonly server: string;
  /** the context's namespace, or the pod's own */
  readonly namespace?: string;
  /** The present ones; what lies in files is read again when it is older than a minute. Cheap enough for every request. */
  current(): Authentication | Promise<Authentication>;
  /** Reads or asks for everything anew, after the API server said 401. */
  renew(): Promise<Authentication>;
}

export interface CredentialSource {
  /** a kubeconfig file, as `--kubeconfig` gave it */
  kubeconfig?: string;
  /** a context of it, as `--context` gave it */
  context?: string;
  env?: Readonly<Record<string, string | undefined>>;
  home?: string;
  /** where a pod finds its token, CA and namespace */
  serviceAccountDir?: string;
}

const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** @throws DKR_CONFIG_INVALID naming the file and what to change, or that no cluster is configured at all */
export function resolveCredentials(source: CredentialSource = {}): Credentials {
  const env = source.env ?? process.env;
  if (source.kubeconfig !== undefined) return loadKubeconfig([source.kubeconfig], { context: source.context, env });

  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  const present = listed.filter((path) => existsSync(path));
  if (present.length > 0) return loadKubeconfig(present, { context: source.context, env });
  if (listed.length > 0) {
    throw new DokkerrError(
      'DKR_CONFIG_INVALID',
      `KUBECONFIG names ${listed.join(', ')}, which does not exist: correct or unset KUBECONFIG`,
    );
  }

  const accountDir = source.serviceAccountDir ?? serviceAccountDirectory;
  if (env.KUBERNETES_SERVICE_HOST !== undefined && existsSync(join(accountDir, 'token'))) {
    return inCluster(accountDir, env.KUBERNETES_SERVICE_HOST, env.KUBERNETES_SERVICE_PORT ?? '443');
  }

  const usual = join(source.home ?? homedir(), '.kube', 'config');
  if (existsSync(usual)) return loadKubeconfig([usual], { context: source.context, env });
  throw new DokkerrError(
    'DKR_CONFIG_INVALID',
    `no cluster is configured: not in a pod, KUBECONFIG is not set and ${usual} does not exist: pass --kubeconfig FILE`,
  );
}

/** The pod's service account. The kubelet replaces the token before it expires, and the CA when it is rotated. */
function inCluster(dir: string, host: string, port: string): Credentials {
  const namespaceFile = join(dir, 'namespace');
  const namespace = existsSync(namespaceFile) ? readText(namespaceFile).trim() : '';
  const literalHost = host.includes(':') ? `[${host}]` : host;
  const read = (): Authentication => ({
    headers: { authorization: `Bearer ${readText(join(dir, 'token')).trim()}` },
    tls: { ca: readText(join(dir, 'ca.crt')) },
  });
  return {
    server: `https://${literalHost}:${port}`,
    ...(namespace === '' ? {} : { namespace }),
    ...fileCredentials(read),
  };
}

/** How old what was read from files may be, milliseconds; the figure client-go uses for tokens. */
const maxAgeMs = 60_000;

/** Credentials that lie in files: read at once, again when a minute old, and whenever the API server refuses them. */
export function fileCredentials(
  read: () => Authentication,
  now: () => number = Date.now,
): Pick<Credentials, 'current' | 'renew'> {
  let held = read();
  let readAt = now();
  const reread = (): Authentication => {
    held = read();
    readAt = now();
    return held;
  };
  return {
    current: () => {
      if (now() - readAt < maxAgeMs) return held;
      readAt = now();
      try {
        return reread();
      } catch (thrown) {
        // A file caught in the middle of its replacement: what is held still serves, and a 401 leads to `renew`, which says why.
        if (thrown instanceof DokkerrError) return held;
        throw thrown;
      }
    },
    renew: async () => reread(),
  };
}

/** @throws DKR_CONFIG_INVALID when the file cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new DokkerrError('DKR_CONFIG_INVALID', `cannot read ${path}: ${why}`, { cause });
  }
}
