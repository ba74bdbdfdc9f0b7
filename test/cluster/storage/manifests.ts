// The objects that make the driver usable: its announcement, two StorageClasses and a VolumeSnapshotClass.

/** Name of the driver: what StorageClasses call `provisioner`. */
export const DRIVER_NAME = 'hostpath.csi.dokkerr.io';

/** The default StorageClass, and a second one on the same driver for moving data from class to class. */
export const STORAGE_CLASSES = { standard: 'standard', fast: 'fast' } as const;

/** The default VolumeSnapshotClass. */
export const SNAPSHOT_CLASS = 'standard';

/** CSIDriver and StorageClasses. */
export function storageManifests(): object[] {
  return [csiDriver, ...Object.values(STORAGE_CLASSES).map(storageClass)];
}

/** What only a cluster with the snapshot CRDs takes. */
export function snapshotManifests(): object[] {
  return [snapshotClass];
}

const csiDriver = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIDriver',
  metadata: { name: DRIVER_NAME },
  spec: {
    attachRequired: false,
    // kubelet hands a volume to the pod's fsGroup. A new volume belongs to root, as on a real disk: a pod that runs as
    // somebody else and asks for no group cannot write here either.
    fsGroupPolicy: 'File',
    volumeLifecycleModes: ['Persistent'],
  },
};

function storageClass(name: string): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      annotations: { 'storageclass.kubernetes.io/is-default-class': String(name === STORAGE_CLASSES.standard) },
    },
    provisioner: DRIVER_NAME,
    parameters: { tier: name },
    allowVolumeExpansion: true,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  };
}

const snapshotClass = {
  apiVersion: 'snapshot.storage.k8s.io/v1',
  kind: 'VolumeSnapshotClass',
  metadata: { name: SNAPSHOT_CLASS, annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } },
  driver: DRIVER_NAME,
  deletionPolicy: 'Delete',
};
