/**
 * Credentials from a kubeconfig's legacy `auth-provider` (OIDC and the clouds' old ones). client-node knows them; it is
 * imported when the first such credential is needed, because its import costs half a second and 70 MB.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import { DokkerrError } from '../errors.ts';
import type { TlsMaterial } from './credentials.ts';
import type { Issued } from './exec-plugin.ts';

export interface AuthProvider {
  readonly file: string;
  /** `user "name"`, for messages */
  readonly user: string;
  /** the `auth-provider` mapping as it stands in the kubeconfig */
  readonly provider: unknown;
  readonly server: string;
  readonly tls: () => TlsMaterial;
}

/** client-node tells no expiry, but refreshes an expired token whenever it is asked; so it is asked this often. */
const askAgainAfterMs = 60_000;

/** @throws DKR_CONFIG_INVALID with the provider's own words */
export async function askAuthProvider(plugin: AuthProvider, now: () => number): Promise<Issued> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'cluster', server: plugin.server, skipTLSVerify: false }],
    users: [{ name: plugin.user, authProvider: plugin.provider }],
    contexts: [{ name: 'context', cluster: 'cluster', user: plugin.user }],
    currentContext: 'context',
  });
  const options: { headers?: OutgoingHttpHeaders } = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw failed(plugin, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const authorization = options.headers?.Authorization;
  if (typeof authorization !== 'string') throw failed(plugin, 'gave no token');
  return { authentication: { headers: { authorization }, tls: plugin.tls() }, expiresAt: now() + askAgainAfterMs };
}

function failed(plugin: AuthProvider, problem: string, cause?: unknown): DokkerrError {
  const message = `kubeconfig ${plugin.file}: the auth-provider of ${plugin.user} failed: ${problem}`;
  return new DokkerrError('DKR_CONFIG_INVALID', message, { cause });
}
