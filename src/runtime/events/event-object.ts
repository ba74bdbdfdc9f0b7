/** An `events.k8s.io/v1` Event from what a controller says happened. Pure. */
import { hash } from 'node:crypto';
import type { Kind, KubernetesObject } from '../client/types.ts';
import type { EventNote } from './types.ts';

export interface EventObject extends KubernetesObject {
  /** RFC 3339 with microseconds, as all times here */
  eventTime: string;
  reportingController: string;
  reportingInstance: string;
  type: string;
  reason: string;
  action: string;
  note: string;
  regarding: ObjectReference;
  related?: ObjectReference;
  series?: EventSeries;
}

export interface EventSeries {
  count: number;
  lastObservedTime: string;
}

interface ObjectReference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
}

export const eventKind: Kind<EventObject> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

/** Where Events about cluster-scoped objects live, as client-go has it. */
const CLUSTER_SCOPED_NAMESPACE = 'default';
/** Limits of the API (pkg/apis/core/validation/events.go), in bytes. */
const MAX_NOTE = 1024;
const MAX_WORD = 128;
const MAX_NAME = 253;

export interface Reporter {
  /** qualified: `dokkerr.io/controller` */
  readonly controller: string;
  /** the process: pod or host name */
  readonly instance: string;
}

export function eventObject(regarding: KubernetesObject, event: EventNote, at: Date, reporter: Reporter): EventObject {
  const { namespace = CLUSTER_SCOPED_NAMESPACE, name, uid = '' } = regarding.metadata;
  const time = microTime(at);
  const suffix = hash('sha256', [uid, event.reason, event.action, event.note, time].join('\n')).slice(0, 16);
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace, name: `${name.slice(0, MAX_NAME - suffix.length - 1)}.${suffix}` },
    eventTime: time,
    reportingController: reporter.controller,
    reportingInstance: cutBytes(reporter.instance, MAX_WORD),
    type: event.type,
    reason: cutBytes(event.reason, MAX_WORD),
    action: cutBytes(event.action, MAX_WORD),
    note: cutBytes(event.note, MAX_NOTE),
    regarding: referenceTo(regarding),
    ...(event.related === undefined ? {} : { related: referenceTo(event.related) }),
  };
}

/** Two events with the same identity are one series. */
export function seriesKey(regarding: KubernetesObject, { type, reason, action, note }: EventNote): string {
  const { uid, namespace, name } = regarding.metadata;
  return [regarding.kind, uid ?? `${namespace}/${name}`, type, reason, action, note].join('\n');
}

/** metav1.MicroTime. JavaScript knows milliseconds only. */
export function microTime(time: Date): string {
  return time.toISOString().replace('Z', '000Z');
}

function referenceTo({ apiVersion, kind, metadata }: KubernetesObject): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** At most `limit` bytes of UTF-8, never half a character; what was cut ends in an ellipsis. */
export function cutBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  const ellipsis = '…';
  const room = limit - Buffer.byteLength(ellipsis);
  // Decoding half a character yields U+FFFD; it can only be the last one.
  return `${bytes
    .subarray(0, room)
    .toString()
    .replace(/\uFFFD$/, '')}${ellipsis}`;
}
