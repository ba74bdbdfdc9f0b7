/** What a socket, TLS or DNS error means to the person who runs the operator: one sentence with cause and cure. */
import { DokkerrError } from '../errors.ts';

interface Meaning {
  readonly reason: string;
  readonly sentence: string;
}

const cut: Meaning = { reason: 'ConnectionCut', sentence: 'the connection was cut' };
const noRoute: Meaning = {
  reason: 'NoRoute',
  sentence: 'no answer to the attempt to connect: check the address, routes and firewalls',
};
const noHost: Meaning = {
  reason: 'HostNotFound',
  sentence: 'the host name is not known: check the server address and DNS',
};
const untrusted: Meaning = {
  reason: 'CertificateRefused',
  sentence: 'its certificate is not trusted: check certificate-authority and the server name',
};

/** Codes of Node's net, dns and tls modules and of undici. */
const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    reason: 'ConnectionRefused',
    sentence: 'connection refused: check that the API server runs and that this is its address',
  },
  ENOTFOUND: noHost,
  EAI_AGAIN: noHost,
  UND_ERR_CONNECT_TIMEOUT: noRoute,
  ETIMEDOUT: noRoute,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  UND_ERR_HEADERS_TIMEOUT: { reason: 'NoAnswer', sentence: 'it took the request and did not answer in time' },
  UND_ERR_BODY_TIMEOUT: { reason: 'Silent', sentence: 'the stream fell silent' },
  UND_ERR_SOCKET: cut,
  ECONNRESET: cut,
  EPIPE: cut,
  CERT_HAS_EXPIRED: { reason: 'CertificateRefused', sentence: 'its certificate has expired: renew it' },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
};

/** Nothing but a cut connection: the kind a server or a balancer makes of an idle socket. */
export function isCut(cause: unknown): boolean {
  return meanings[codeOf(cause)] === cut;
}

/** The peer took what we sent and said nothing. */
export function isTimeout(cause: unknown): boolean {
  const code = codeOf(cause);
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
}

/** DKR_API_UNREACHABLE with a reason a metric can count by. */
export function unreachable(server: string, cause: unknown): DokkerrError {
  const meaning = meanings[codeOf(cause)] ?? {
    reason: 'ConnectionFailed',
    sentence: cause instanceof Error ? cause.message : String(cause),
  };
  return new DokkerrError('DKR_API_UNREACHABLE', `cannot reach the API server ${server}: ${meaning.sentence}`, {
    cause,
    reason: meaning.reason,
  });
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  // A reset in the middle of a chunked body reaches undici's parser as an end where none may be, without a code.
  if (cause.name === 'HTTPParserError' && cause.message.includes('EOF')) return 'ECONNRESET';
  return 'code' in cause ? String(cause.code) : '';
}
