/** What makes a claim the same claim to whoever uses it, apart from its volume. Pure. */
import type { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import type { OwnerReference } from '#runtime/client/types.ts';
import { parseQuantity } from '#runtime/quantity.ts';
import { claimBefore, migratedBy, sizeBefore } from './marks.ts';

export interface ClaimKey {
  readonly namespace: string;
  readonly name: string;
}

type ClaimSpec = PersistentVolumeClaim['spec'];

/** A claim but for its name and its volume. */
export interface ClaimShape {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  readonly spec: Omit<ClaimSpec, 'volumeName'>;
}

/** What Kubernetes writes on a claim of how it got its volume; of another volume it would be false. */
const ofItsVolume = /^(pv|volume|volume\.beta)\.kubernetes\.io\//;

/** The claim as it is. */
export function shapeOf({ metadata, spec }: PersistentVolumeClaim): ClaimShape {
  const { volumeName: _, ...rest } = spec;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !ofItsVolume.test(key));
  return {
    labels: metadata.labels ?? {},
    annotations: Object.fromEntries(annotations),
    ownerReferences: metadata.ownerReferences ?? [],
    spec: rest,
  };
}

/** What a migration changes of a claim. */
export interface Changes {
  /** the run, `<namespace>/<name>` */
  readonly migration: string;
  readonly storageClassName?: string | undefined;
  readonly accessModes?: readonly string[] | undefined;
  /** a quantity */
  readonly storage?: string | undefined;
}

/** The same claim after the migration: under its own name, for the same owners. Attributes of one class mean nothing to another. */
export function changedShape(shape: ClaimShape, changes: Changes): ClaimShape {
  const { migration, storageClassName, accessModes, storage } = changes;
  const { volumeAttributesClassName, ...rest } = shape.spec;
  const isSameClass = storageClassName === undefined || storageClassName === shape.spec.storageClassName;
  return {
    ...shape,
    annotations: { ...withoutSize(shape.annotations), [migratedBy]: migration, ...givenUp(shape, storage) },
    spec: {
      ...rest,
      ...(isSameClass && volumeAttributesClassName !== undefined ? { volumeAttributesClassName } : {}),
      ...(storageClassName === undefined ? {} : { storageClassName }),
      ...(accessModes === undefined ? {} : { accessModes: [...accessModes] }),
      ...(storage === undefined ? {} : { resources: { requests: { storage } } }),
    },
  };
}

function withoutSize(annotations: ClaimShape['annotations']): ClaimShape['annotations'] {
  const { [sizeBefore]: _, ...others } = annotations;
  return others;
}

/** The size it had, where it is smaller now: what declares it may go on saying so. */
function givenUp({ annotations, spec }: ClaimShape, storage: string | undefined): Record<string, string> {
  const had = annotations[sizeBefore] ?? spec.resources?.requests?.storage;
  const isSmaller =
    had !== undefined && storage !== undefined && (parseQuantity(storage) ?? 0n) < (parseQuantity(had) ?? 0n);
  return isSmaller ? { [sizeBefore]: had } : {};
}

/**
 * The claim under another name or in another namespace: nobody owns it, and labels, which say whose it is, and where its
 * data came from stay behind.
 */
export function independentShape(shape: ClaimShape, changes: Changes): ClaimShape {
  const { dataSource: _, dataSourceRef: __, selector: ___, ...spec } = changedShape(shape, changes).spec;
  return { labels: {}, annotations: { [migratedBy]: changes.migration }, ownerReferences: [], spec };
}

/** A claim that was taken away from its volume. */
export interface RecordedClaim {
  readonly claim: ClaimKey;
  readonly uid: string;
  readonly shape: ClaimShape;
}

/** As it stands on the volume. */
export function recordOf(claim: PersistentVolumeClaim): string {
  const { namespace = '', name, uid = '' } = claim.metadata;
  const record: RecordedClaim = { claim: { namespace, name }, uid, shape: shapeOf(claim) };
  return JSON.stringify(record);
}

/** The claim that was taken away from this volume last; undefined where none was, or it cannot be read. */
export function recordedClaim({ metadata }: PersistentVolume): RecordedClaim | undefined {
  const text = metadata.annotations?.[claimBefore];
  if (text === undefined) return undefined;
  try {
    // Sound but for what people write there: nobody else writes this annotation.
    return JSON.parse(text) as RecordedClaim;
  } catch {
    return undefined;
  }
}
