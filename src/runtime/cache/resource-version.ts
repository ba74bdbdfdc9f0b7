/**
 * Order of resource versions. They are decimal integers, comparable within one resource since Kubernetes 1.35
 * (KEP-5504), and were so in every earlier API server on etcd; kept as strings, for they may exceed 2^53.
 */

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. */
export function compareResourceVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
