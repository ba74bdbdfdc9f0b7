/**
 * The volumes of a Container. Which kind of source a volume has is told by the one key that is set; the rules keep it
 * one, and keep it the same for the volume's life.
 */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { listByKey, listOf, setOf } from '../schema/lists.ts';
import { dataKey, dnsLabel, objectName, text } from '../schema/names.ts';
import { byteSize } from '../schema/quantity.ts';

/** The keys of a volume that name its source; exactly one is set. */
export const volumeSources = ['claim', 'existingClaim', 'configMap', 'secret', 'emptyDir'] as const;
export type VolumeSource = (typeof volumeSources)[number];

const claim = z
  .object({
    size: byteSize
      .meta(
        rules(
          rule("quantity(self).isGreaterThan(quantity('0'))", 'size must be above zero: write for example 10Gi'),
          rule(
            'quantity(self).compareTo(quantity(oldSelf)) >= 0',
            'a claim cannot shrink: write the old size or a larger one; a Migration with target.capacity makes the volume smaller',
          ),
        ),
      )
      .describe('Size of the volume, for example 10Gi. Raising it grows the live volume; it cannot be lowered.'),
    storageClassName: objectName
      .exactOptional()
      .describe("StorageClass to provision from; the cluster's default when absent. Fixed once declared."),
    accessModes: setOf(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']), 4)
      .min(1)
      .default(['ReadWriteOnce'])
      .describe('How many nodes or pods may mount the volume at once, and how. Fixed once declared.'),
    deletionPolicy: z
      .enum(['Retain', 'Delete'])
      .default('Retain')
      .describe('Whether the claim and its data stay when the Container, or this volume of it, is deleted.'),
  })
  .meta(
    rules(
      rule(
        'has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)',
        'storageClassName cannot change: write the old one; to move the data, add a new volume or use a Migration',
        '.storageClassName',
      ),
      rule(
        'self.accessModes == oldSelf.accessModes',
        'accessModes cannot change: write the old ones; to change them, add a new volume and copy the data',
        '.accessModes',
      ),
    ),
  );

const items = listOf(
  z.object({
    key: dataKey.describe('Key to project.'),
    path: text(512).describe('File to write it to, relative to the mountPath.'),
    mode: z.int32().min(0).max(511).exactOptional().describe('Permission bits, decimal: 256 is 0400.'),
  }),
  128,
);
const fileMode = z.int32().min(0).max(511);

const volume = z
  .object({
    name: dnsLabel.describe('Name of the volume; claims are called <volume>-<container>-<ordinal>.'),
    mountPath: text(512)
      .meta(
        rules(
          rule(
            "self.matches('^(/[^/:]+)+$')",
            'mountPath must be absolute, without a colon or a slash at its end: write for example /data',
          ),
        ),
      )
      .describe('Where the volume appears in the container: an absolute path.'),
    subPath: text(512).exactOptional().describe('File or folder within the volume to mount instead of its root.'),
    readOnly: z.boolean().default(false).describe('Mount the volume read-only.'),
    claim: claim.exactOptional().describe('A volume of its own for each replica, kept over restarts and updates.'),
    existingClaim: z
      .object({ claimName: objectName.describe("Name of the PersistentVolumeClaim, in the Container's namespace.") })
      .exactOptional()
      .describe('A PersistentVolumeClaim that is there already; all replicas share it.'),
    configMap: z
      .object({
        name: objectName.describe("Name of the ConfigMap, in the Container's namespace."),
        items: items.exactOptional().describe('Keys to project; all of them when absent.'),
        defaultMode: fileMode.exactOptional().describe('Permission bits of the files, decimal: 420 is 0644.'),
        optional: z.boolean().exactOptional().describe('Start also when the ConfigMap is missing.'),
      })
      .exactOptional()
      .describe('The keys of a ConfigMap as files.'),
    secret: z
      .object({
        secretName: objectName.describe("Name of the Secret, in the Container's namespace."),
        items: items.exactOptional().describe('Keys to project; all of them when absent.'),
        defaultMode: fileMode.exactOptional().describe('Permission bits of the files, decimal: 256 is 0400.'),
        optional: z.boolean().exactOptional().describe('Start also when the Secret is missing.'),
      })
      .exactOptional()
      .describe('The keys of a Secret as files.'),
    emptyDir: z
      .object({
        medium: z.enum(['', 'Memory']).exactOptional().describe("Memory for a tmpfs; the node's disk otherwise."),
        sizeLimit: byteSize.exactOptional().describe('Size above which the pod is evicted.'),
      })
      .exactOptional()
      .describe('Scratch space that lives as long as the pod.'),
    source: z
      .object({
        snapshotRef: z
          .object({ name: objectName.describe("Name of the VolumeSnapshot, in the Container's namespace.") })
          .exactOptional()
          .describe('Start with the content of a VolumeSnapshot.'),
        restoreRef: z
          .object({ name: objectName.describe("Name of the Restore, in the Container's namespace.") })
          .exactOptional()
          .describe('Start with what a Restore brings back.'),
      })
      .meta(
        rules(
          rule(
            'has(self.snapshotRef) != has(self.restoreRef)',
            'source takes exactly one of snapshotRef and restoreRef: keep one of them',
          ),
        ),
      )
      .exactOptional()
      .describe('What a new claim starts with; read once, when the claim is made.'),
  })
  .meta(
    rules(
      rule(
        '[has(self.claim), has(self.existingClaim), has(self.configMap), has(self.secret), has(self.emptyDir)].filter(x, x).size() == 1',
        'a volume takes exactly one of claim, existingClaim, configMap, secret and emptyDir: keep one of them',
      ),
      rule(
        'has(self.claim) == has(oldSelf.claim) && has(self.existingClaim) == has(oldSelf.existingClaim) && has(self.configMap) == has(oldSelf.configMap) && has(self.secret) == has(oldSelf.secret) && has(self.emptyDir) == has(oldSelf.emptyDir)',
        'the kind of source of a volume cannot change: add a volume under another name instead',
      ),
      rule(
        '!has(self.source) || has(self.claim)',
        'source belongs to a claim: remove it, or declare a claim',
        '.source',
      ),
      rule(
        '!has(self.source) || (has(oldSelf.source) && self.source == oldSelf.source)',
        'source is read once, when the claim is made: write the old one or none, or add a volume under another name',
        '.source',
      ),
    ),
  );

/** `spec.volumes`. */
export const volumes = listByKey(volume, ['name'], 32).meta(
  rules(
    rule(
      'self.all(v, self.exists_one(w, w.name == v.name))',
      'two volumes have the same name: give each volume a name of its own',
    ),
    rule(
      'self.all(v, self.exists_one(w, w.mountPath == v.mountPath))',
      'two volumes have the same mountPath: mount each at a path of its own',
    ),
  ),
);

/** One entry of `spec.volumes`. */
export type ContainerVolume = z.infer<typeof volume>;
/** `spec.volumes[].claim`. */
export type VolumeClaim = z.infer<typeof claim>;
