/** The event recorder's contract (`events.k8s.io/v1`). */
import type { KubernetesObject } from '../client/types.ts';

export interface EventNote {
  type: 'Normal' | 'Warning';
  /** CamelCase, what happened: `CheckResourcesSucceeded` */
  reason: string;
  /** CamelCase, what was being done */
  action: string;
  /** a sentence for a person; cut at 1024 bytes, the API's limit; never holds anything of a Secret */
  note: string;
  /** a second object the event speaks of */
  related?: KubernetesObject;
}

export interface EventRecorder {
  /** Never blocks and never throws: an event that cannot be written is counted and logged, the pass goes on. */
  record(regarding: KubernetesObject, event: EventNote): void;
}
