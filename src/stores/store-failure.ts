/** What a store's error, or the network's, means: a failure class and a sentence that says what to do. */
import { RunFailure } from '#contracts/mover/failure.ts';
import type { FailureClass } from '#crds/schema/failure-class.ts';
import type { StoreAccess } from './access.ts';

interface Meaning {
  readonly class: FailureClass;
  readonly sentence: string;
}

const region: Meaning = { class: 'AuthFailed', sentence: 'the bucket is in another region: set s3.region' };
const full: Meaning = { class: 'NoSpace', sentence: 'it is full: make room, or raise its quota' };
const noBucket: Meaning = {
  class: 'BucketMissing',
  sentence: 'there is no such bucket: create it, or correct s3.bucket',
};

/** Error codes of S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html) and of MinIO's own. */
const answers: Readonly<Record<string, Meaning>> = {
  InvalidAccessKeyId: { class: 'AuthFailed', sentence: 'it does not know the access key: correct accessKeyId' },
  SignatureDoesNotMatch: { class: 'AuthFailed', sentence: 'the secret key is wrong: correct secretAccessKey' },
  AccessDenied: {
    class: 'AuthFailed',
    sentence: 'the credentials may not do this: allow listing, reading, writing and deleting in the bucket',
  },
  ExpiredToken: { class: 'AuthFailed', sentence: 'the session token has expired: renew it' },
  InvalidTokenId: { class: 'AuthFailed', sentence: 'the session token is not valid: renew it' },
  InvalidToken: { class: 'AuthFailed', sentence: 'the session token is not valid: renew it' },
  AccountProblem: { class: 'AuthFailed', sentence: 'there is a problem with the account' },
  AuthorizationHeaderMalformed: region,
  PermanentRedirect: region,
  MovedPermanently: region,
  RequestTimeTooSkewed: {
    class: 'ClockSkewed',
    sentence: 'its clock and this one differ by more than it allows: set both by a time server',
  },
  NoSuchBucket: noBucket,
  InvalidBucketName: { class: 'BucketMissing', sentence: 'no bucket can have that name: correct s3.bucket' },
  XMinioStorageFull: full,
  XMinioAdminBucketQuotaExceeded: full,
  QuotaExceeded: full,
  EntityTooLarge: full,
};

const untrusted = 'its certificate is not trusted: give its authority in s3.caBundleRef';
const noHost = 'its host name is not known: check s3.endpoint and DNS';
const noRoute = 'no answer to the attempt to connect: check s3.endpoint, routes and firewalls';

/** Codes of Node's net, dns and tls modules. */
const silences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: check that it runs and that s3.endpoint is its address',
  ENOTFOUND: noHost,
  EAI_AGAIN: noHost,
  ETIMEDOUT: noRoute,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: correct s3.endpoint or renew it',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  EPROTO: 'it does not speak TLS: write http:// in s3.endpoint, or its other port',
};

/** @param status HTTP status of the answer that the error came with, if there was one */
export function storeFailure({ repository }: StoreAccess, cause: unknown, status: number | undefined): RunFailure {
  if (cause instanceof RunFailure) return cause;
  const { class: failureClass, sentence } = meaningOf(cause, status);
  return new RunFailure(failureClass, `store ${repository.endpoint}, bucket ${repository.bucket}: ${sentence}`, {
    cause,
  });
}

function meaningOf(cause: unknown, status: number | undefined): Meaning {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const answer = answers[code];
  if (answer !== undefined) return answer;
  const said = cause instanceof Error ? cause.message : String(cause);
  // Without an answer the client was not reached, whatever the error is called.
  if (status === undefined || code in silences) {
    return { class: 'StoreUnreachable', sentence: silences[code] ?? silenceOf(cause, said) };
  }
  if (status >= 500 || status === 429) {
    return { class: 'StoreUnreachable', sentence: `it answered with HTTP status ${status}` };
  }
  if (status === 401 || status === 403) return { class: 'AuthFailed', sentence: `it refused the credentials: ${said}` };
  if (status === 301 || status === 307) return region;
  return { class: 'StoreUnreachable', sentence: `it gave no answer of S3 (HTTP status ${status}): ${said}` };
}

function silenceOf(cause: unknown, said: string): string {
  const isLate = cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError');
  return isLate ? 'it took the request and did not answer in time' : said;
}
