/**
 * The Widget operator on kubernetes-fluent-client, the library Pepr's Watch and Reconcile stand on: its watcher with the options
 * Pepr gives it by default, and one queue an object, in order, as Pepr's Reconcile has it. JavaScript, because its packages are
 * installed apart from the project's and no checker of ours sees their types.
 */
import { GenericKind, K8s, kind, RegisterKind } from 'kubernetes-fluent-client';

class Widget extends GenericKind {}
const group = 'test.dokkerr.io';
RegisterKind(Widget, { group, version: 'v1', kind: 'Widget', plural: 'widgets' });

const finalizer = `${group}/widget`;

/** Pepr's defaults of PEPR_RESYNC_FAILURE_MAX and its like. */
const watchOptions = { resyncFailureMax: 5, resyncDelaySec: 5, lastSeenLimitSeconds: 300, relistIntervalSec: 600 };

async function reconcile({ apiVersion, kind: kindName, metadata, spec, status }) {
  const { name, namespace, uid, generation, deletionTimestamp, finalizers = [] } = metadata;
  const isHeld = finalizers.includes(finalizer);
  const patchFinalizers = (value) =>
    K8s(Widget, { name, namespace }).Patch([{ op: 'add', path: '/metadata/finalizers', value }]);
  if (deletionTimestamp !== undefined) {
    if (isHeld) await patchFinalizers(finalizers.filter((one) => one !== finalizer));
    return;
  }
  if (status?.observedGeneration === generation) return;
  // The event of this very change carries on, as Pepr's own finalizer, set at admission, is there from the first event.
  if (!isHeld) return await patchFinalizers([...finalizers, finalizer]);
  const owner = { apiVersion, kind: kindName, name, uid, controller: true, blockOwnerDeletion: true };
  const labels = { 'app.kubernetes.io/managed-by': 'widget-operator' };
  const config = { metadata: { name, namespace, labels, ownerReferences: [owner] }, data: { text: spec.text } };
  await K8s(kind.ConfigMap).Apply(config, { force: true });
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Written',
    message: 'the text is written',
    observedGeneration: generation,
    lastTransitionTime: new Date().toISOString(),
  };
  const stated = { observedGeneration: generation, conditions: [condition] };
  await K8s(Widget).PatchStatus({ metadata: { name, namespace }, status: stated });
}

/** The end of each object's queue. */
const ends = new Map();

function enqueue(widget) {
  const key = `${widget.metadata.namespace}/${widget.metadata.name}`;
  const end = (ends.get(key) ?? Promise.resolve()).then(() => reconcile(widget));
  const settled = end
    .catch(() => undefined)
    .then(() => {
      if (ends.get(key) === settled) ends.delete(key);
    });
  ends.set(key, settled);
  return end;
}

const watcher = K8s(Widget).Watch(async (widget, phase) => {
  if (phase === 'ADDED' || phase === 'MODIFIED') await enqueue(widget);
}, watchOptions);
await watcher.start();
