/** Which volumes a Migration is about, and what becomes of them. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { setOf } from '../schema/lists.ts';
import { dnsLabel, objectName } from '../schema/names.ts';
import { byteSize } from '../schema/quantity.ts';

/** `ReadWriteOnce` and the others. */
export const accessModes = setOf(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']), 4).min(
  1,
);

/** `spec.source`. */
export const source = z
  .object({
    containerRef: z
      .object({ name: objectName.describe('Name of the Container.') })
      .exactOptional()
      .describe('Every claim of this Container.'),
    claimRef: z
      .object({ name: objectName.describe('Name of the PersistentVolumeClaim.') })
      .exactOptional()
      .describe('This claim. What uses it is found: Containers, Deployments and StatefulSets are stopped and started.'),
  })
  .meta(
    rules(
      rule(
        'has(self.containerRef) != has(self.claimRef)',
        'source takes exactly one of containerRef and claimRef: keep one of them',
      ),
    ),
  );

/** `spec.target`. */
export const target = z.object({
  storageClassName: objectName.exactOptional().describe('StorageClass of the new volume; the old one when absent.'),
  capacity: byteSize
    .meta(
      rules(rule("quantity(self).isGreaterThan(quantity('0'))", 'capacity must be above zero: write for example 10Gi')),
    )
    .exactOptional()
    .describe(
      'Size of the new volume, for example 10Gi; the old one when absent. It may be smaller, if the data fits.',
    ),
  accessModes: accessModes
    .exactOptional()
    .describe('How many nodes or pods may mount the new volume at once, and how; the old ones when absent.'),
  name: objectName
    .exactOptional()
    .describe('Name of the claim in the end. The old one when absent, which keeps what uses it as it is declared.'),
  namespace: dnsLabel
    .exactOptional()
    .describe(
      'Namespace of the claim in the end. It has to agree: its annotation dokkerr.io/migrations-from names the namespaces it takes volumes from, or *.',
    ),
});

/** `spec.target`. */
export type MigrationTarget = z.infer<typeof target>;
