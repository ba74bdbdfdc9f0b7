/**
 * AdmissionReview v1 as it travels:
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#webhook-request-and-response
 */
import * as z from 'zod';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { Admission, Finding } from './types.ts';

/** Only that it is an object with a name or a prefix of one: its schema was checked before by the API server that asks. */
const kubernetesObject = z
  .looseObject({ metadata: z.looseObject({}), spec: z.looseObject({}) })
  .transform((object) => object as unknown as KubernetesObject)
  .nullish();

const admissionReview = z.object({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.object({
    uid: z.string().min(1),
    operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
    namespace: z.string().default(''),
    kind: z.object({ group: z.string(), version: z.string(), kind: z.string() }),
    object: kubernetesObject,
    oldObject: kubernetesObject,
  }),
});

/** A request as it was received. */
export interface ReviewRequest {
  readonly uid: string;
  readonly group: string;
  readonly kind: string;
  readonly admission: Admission;
}

/** The request in a body, or one line that says why there is none. */
export function readReview(body: string): ReviewRequest | string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return 'the body is not JSON';
  }
  const parsed = admissionReview.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `not an AdmissionReview of admission.k8s.io/v1: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? ''}`;
  }
  const { uid, kind, operation, namespace, object, oldObject } = parsed.data.request;
  const missing = operation === 'DELETE' ? undefined : object === undefined || object === null ? 'object' : undefined;
  if (missing !== undefined) return `not an AdmissionReview of admission.k8s.io/v1: request.${missing}: missing`;
  return {
    uid,
    group: kind.group,
    kind: kind.kind,
    admission: { operation, namespace, object: object ?? undefined, oldObject: oldObject ?? undefined },
  };
}

/** API servers cut warnings at 256 characters; cut here, they end in a way that shows it. */
const maxWarning = 256;

/** The answer as the API server reads it. */
export function writeReview(uid: string, findings: readonly Finding[]): string {
  const refusals = findings.filter(({ kind }) => kind === 'refusal').map(({ message }) => message);
  const warnings = findings.filter(({ kind }) => kind === 'warning').map(({ message }) => cut(message));
  const allowed = refusals.length === 0;
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(warnings.length === 0 ? {} : { warnings }),
      ...(allowed ? {} : { status: { status: 'Failure', reason: 'Invalid', code: 422, message: refusals.join('; ') } }),
    },
  });
}

function cut(message: string): string {
  return message.length <= maxWarning ? message : `${message.slice(0, maxWarning - 1)}…`;
}
