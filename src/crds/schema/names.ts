/** Strings with a bound, and the names Kubernetes gives meaning to (RFC 1123 labels and subdomains, IANA service names). */
import * as z from 'zod';

/** A non-empty string of at most `max` characters. */
export function text(max: number): z.ZodString {
  return z.string().min(1).max(max);
}

/** RFC 1123 label: the names of volumes, claims' prefixes and namespaces. */
export const dnsLabel: z.ZodString = text(63).regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** RFC 1123 subdomain: the names of most Kubernetes objects. */
export const objectName: z.ZodString = text(253).regex(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
);

/** A port's name: at most 15 characters, as IANA service names are (RFC 6335, section 5.1). */
export const portName: z.ZodString = text(15).regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);

/** A host as Ingress and HTTPRoute take it: a DNS name, its first label may be `*`. */
export const hostname: z.ZodString = text(253).regex(
  /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
);

/** An environment variable's name: printable ASCII but `=`, as Kubernetes takes it since 1.34. */
export const environmentName: z.ZodString = text(256).regex(/^[ -<>-~]+$/);

/** A key of a ConfigMap or Secret. */
export const dataKey: z.ZodString = text(253).regex(/^[-._a-zA-Z0-9]+$/);

/** A port's number. */
export const portNumber: z.ZodInt32 = z.int32().min(1).max(65_535);
