/**
 * The API server's `Status` answers as `DokkerrError`s.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#response-status
 */
import { DokkerrError, type ErrorCode } from '../errors.ts';
import type { ApiResponse } from './exchange.ts';
import type { Kind, ObjectKey } from './types.ts';

/** The parts of metav1.Status that tell errors apart. */
export interface Status {
  /** `Success` or `Failure` */
  readonly status?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** What was asked for, as the message shall name it. */
export interface Asked {
  /** as RBAC names it: get, list, watch, create, update, patch, delete */
  readonly verb: string;
  readonly kind: Kind;
  readonly key?: Partial<ObjectKey> | undefined;
  readonly subresource?: string | undefined;
}

/** @param response any answer but a success */
export function statusError(response: ApiResponse, asked: Asked): DokkerrError {
  const status = parseStatus(response.text);
  const code = errorCode(response.status, status);
  const retryAfterMs =
    response.retryAfterMs ??
    (status.details?.retryAfterSeconds === undefined ? undefined : status.details.retryAfterSeconds * 1000);
  return new DokkerrError(code, sentence(code, response, status, asked), {
    httpStatus: response.status,
    ...(status.reason === undefined || status.reason === '' ? {} : { reason: reason(status, status.reason) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The body as a Status; an empty one for answers of something else than the API server, such as a proxy's page. */
export function parseStatus(text: string): Status {
  if (!text.startsWith('{')) return {};
  try {
    return JSON.parse(text) as Status;
  } catch {
    // A body that is cut or not JSON says no more than its HTTP status does.
    return {};
  }
}

/** Whether a 404 speaks of one object: of a kind that is not served, the API server names nothing. */
export function namesAnObject(status: Status): boolean {
  return status.details?.name !== undefined && status.details.name !== '';
}

function errorCode(http: number, status: Status): ErrorCode {
  switch (http) {
    case 401:
      return 'DKR_API_UNAUTHORIZED';
    case 403:
      if (isTerminating(status)) return 'DKR_API_NOT_FOUND';
      return isQuota(status.message ?? '') ? 'DKR_API_QUOTA' : 'DKR_API_FORBIDDEN';
    case 404:
      return namesAnObject(status) ? 'DKR_API_NOT_FOUND' : 'DKR_CRD_MISSING';
    case 409:
      return 'DKR_API_CONFLICT';
    case 410:
      return 'DKR_API_EXPIRED';
    case 400:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422:
      return 'DKR_API_INVALID';
    case 429:
      return 'DKR_API_THROTTLED';
    default:
      return isSchemaError(status.message ?? '') ? 'DKR_API_INVALID' : 'DKR_API_UNAVAILABLE';
  }
}

/** A namespace that is being deleted refuses everything new with a 403 that no permission would help. */
function isTerminating(status: Status): boolean {
  return status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true;
}

/** Server-side apply answers 500 to a field the schema does not know (seen with 1.37); no repetition would help. */
function isSchemaError(message: string): boolean {
  return message.startsWith('failed to create typed patch object');
}

/**
 * The words of the admission plugins ResourceQuota and LimitRanger, which give no reason but Forbidden
 * (k8s.io/apiserver/pkg/admission/plugin/resourcequota, k8s.io/kubernetes/plugin/pkg/admission/limitranger).
 */
function isQuota(message: string): boolean {
  return /exceeded quota|failed quota|insufficient quota|status unknown for quota|(minimum|maximum) \S+ (usage|storage)|max limit to request ratio/.test(
    message,
  );
}

function reason(status: Status, own: string): string {
  return isTerminating(status) ? 'NamespaceTerminating' : own;
}

function sentence(code: ErrorCode, response: ApiResponse, status: Status, asked: Asked): string {
  const what = `${asked.verb} ${resourceOf(asked)}`;
  const said = status.message ?? response.text.slice(0, 200).trim();
  if (code === 'DKR_API_FORBIDDEN') {
    return / cannot \S+ resource /.test(said)
      ? `not permitted to ${what}: grant it to the operator's role (${said})`
      : `${what} was refused: ${said}`;
  }
  if (code === 'DKR_CRD_MISSING') {
    const kind = `${asked.kind.kind} (${resourceName(asked.kind)}, ${asked.kind.version})`;
    return `${kind} is not served by this cluster: install its CustomResourceDefinition`;
  }
  if (code === 'DKR_API_UNAUTHORIZED') {
    return `${what}: the credentials were not accepted: check token, certificate and their expiry`;
  }
  return `${what}: ${said === '' ? `HTTP ${response.status}` : said}`;
}

/** `deployments.apps/status web/front` */
function resourceOf({ kind, key, subresource }: Asked): string {
  const resource = resourceName(kind) + (subresource === undefined ? '' : `/${subresource}`);
  const where = [key?.namespace, key?.name].filter((part) => part !== undefined && part !== '').join('/');
  return where === '' ? resource : `${resource} ${where}`;
}

/** `deployments.apps`, as CustomResourceDefinitions are named and RBAC messages write it. */
function resourceName(kind: Kind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}
