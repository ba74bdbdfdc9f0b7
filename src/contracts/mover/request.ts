/** What a mover is asked to do: one JSON document, written by the operator and read by `dokkerr mover`. No secret is in it. */
import * as z from 'zod';
import { moverFiles } from './files.ts';

const text = z.string().min(1);
const patterns = z.array(text).default([]);
const percent = z.number().gt(0).max(100);

/** Where the repository is. */
const repository = z.strictObject({
  /** `https://host[:port]`, or `http://` for a store without TLS */
  endpoint: z.url({ protocol: /^https?$/ }),
  region: text.exactOptional(),
  bucket: text,
  /** folder within the bucket, without a slash at either end; empty for its root */
  prefix: z
    .string()
    .regex(/^[^/]*(\/[^/]+)*$/)
    .default(''),
  /** `host/bucket` instead of `bucket.host` */
  forcePathStyle: z.boolean().default(true),
  /** take any certificate */
  insecure: z.boolean().default(false),
  /** write nothing into it, not even a lock */
  readOnly: z.boolean().default(false),
  /** refuse a repository of another id as `RepositoryMissing`: the trusted one is gone, whatever is there now */
  id: text.exactOptional(),
  /** of its first object when it was found to be of that id: while that is the same, nobody need open it to find out again */
  configETag: text.exactOptional(),
});

/** Of every request. */
const common = {
  repository,
  /** KiB a second; absent for no limit */
  limits: z
    .strictObject({ uploadKiBps: z.int().min(1).exactOptional(), downloadKiBps: z.int().min(1).exactOptional() })
    .default({}),
  /** seconds to wait for a lock that somebody else has, before `RepositoryLocked` */
  lockWaitSeconds: z.int().min(0).default(60),
  /** seconds to ask anew while the store does not answer at all, before `StoreUnreachable`: a pod's network comes up late */
  storeWaitSeconds: z.int().min(0).default(20),
};

/** Creates the repository, or takes the one that is there already and opens with the same key. */
const init = z.strictObject({ operation: z.literal('init'), ...common });

/** Reads `source` into a snapshot and verifies it. */
const backup = z.strictObject({
  operation: z.literal('backup'),
  ...common,
  source: text.default(moverFiles.data),
  /** `<namespace>/<claim>`: the snapshots of one host are each other's parents */
  host: text,
  tags: z.array(text.regex(/^[^,]+$/)).default([]),
  /**
   * Paths relative to the source, `*` and `?` within one folder level; empty for everything. What one of them matches is
   * taken even if an exclude matches it too; excludes count for what is in its folders.
   */
  include: patterns,
  /** restic patterns; one that starts with a slash counts from the source */
  exclude: patterns,
  compression: z.enum(['None', 'Auto', 'Max']).default('Auto'),
  onUnreadableFiles: z.enum(['Fail', 'Warn']).default('Fail'),
  onEmptySource: z.enum(['Fail', 'Warn', 'Allow']).default('Fail'),
  verify: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('None') }),
      /** every file of the snapshot is listed and counted */
      z.strictObject({ mode: z.literal('Metadata') }),
      /** besides, a random part of its data is read back; 100 for all of it */
      z.strictObject({ mode: z.literal('Data'), readDataPercent: percent.default(5) }),
    ])
    .default({ mode: 'Metadata' }),
});

/**
 * What the target is held against, which may not change meanwhile: every name, and of each its kind, size, permissions, owner, times,
 * extended attributes, what it points to and which names are one file; of all files or some the content.
 */
export const comparison = z.strictObject({
  source: text.default(moverFiles.source),
  content: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('Full') }),
      z.strictObject({
        mode: z.literal('Sample'),
        /** of the files that are not empty */
        percent: percent.default(5),
        /** as many at least, where there are as many */
        minimumFiles: z.int().min(0).max(10_000).default(100),
        /** what the choice hangs on, besides the names: who does not know it cannot foresee which files are read */
        seed: z.string().default(''),
      }),
    ])
    .default({ mode: 'Sample', percent: 5, minimumFiles: 100, seed: '' }),
});

/** Writes a snapshot into `target`, after it was found whole and the space enough. */
const restore = z.strictObject({
  operation: z.literal('restore'),
  ...common,
  snapshotID: text,
  target: text.default(moverFiles.data),
  /** folder of the snapshot that becomes the target's root; a snapshot without it must have exactly one path */
  source: text.default(moverFiles.data),
  /** restic patterns; one that starts with a slash counts from the source. Not together with `exclude`. */
  include: patterns,
  exclude: patterns,
  overwrite: z.enum(['Always', 'IfChanged', 'IfNewer', 'Never']).default('Always'),
  /** remove what the snapshot does not have */
  deleteExtraneous: z.boolean().default(false),
  /** `Metadata` finds packs that are gone or cut short, `Data` reads all of the snapshot first and finds damaged ones */
  verifySource: z.enum(['Metadata', 'Data']).default('Metadata'),
  /** `Stats` compares kind and size of each file, `Checksum` reads all of the target again */
  verify: z.enum(['Stats', 'Checksum']).default('Stats'),
  /** the folder that the snapshot was made of, where nobody wrote since: compared instead of what is listed of the snapshot */
  compareWith: comparison.exactOptional(),
});

/** Lists snapshots, newest first. */
const snapshots = z.strictObject({
  operation: z.literal('snapshots'),
  ...common,
  /** only those that have all of them; empty for every snapshot */
  tags: z.array(text).default([]),
});

/** Looks for damage in the repository, or in what one snapshot needs of it. */
const check = z.strictObject({
  operation: z.literal('check'),
  ...common,
  /** how much of the data to read; absent for none */
  readDataPercent: percent.exactOptional(),
  snapshotID: text.exactOptional(),
});

/** Removes snapshots, not yet their data. Those that are gone already count as removed. */
const forget = z.strictObject({
  operation: z.literal('forget'),
  ...common,
  snapshotIDs: z.array(text).default([]),
  /** besides, every snapshot that has all of these; empty for none */
  tags: z.array(text).default([]),
});

/** Removes data that no snapshot needs. */
const prune = z.strictObject({
  operation: z.literal('prune'),
  ...common,
  /** unneeded bytes that may stay, percent of the repository */
  maxUnusedPercent: z.number().min(0).max(100).default(5),
});

/**
 * Makes the index anew from what is in the store. After damage the data of later backups is stored anew where it is
 * lost, for nothing passes as known that is gone.
 */
const repair = z.strictObject({
  operation: z.literal('repair'),
  ...common,
  /** ids of packs whose content is wrong: what is good of them is kept elsewhere, and they go */
  damagedPacks: z.array(text).default([]),
});

/** Removes locks whose holders are gone: stale ones by restic's own rule (30 min unrefreshed), or all of them. */
const unlock = z.strictObject({ operation: z.literal('unlock'), ...common, all: z.boolean().default(false) });

/** Counts snapshots and bytes. */
const stats = z.strictObject({ operation: z.literal('stats'), ...common });

/** Lets the repository open with one more password, that in `MoverFiles.newKey`; nothing when it does so already. */
const addKey = z.strictObject({ operation: z.literal('addKey'), ...common });

/** Makes a key useless; refused for the one that this mover opened the repository with. Nothing when it is gone already. */
const removeKey = z.strictObject({ operation: z.literal('removeKey'), ...common, keyID: text });

/** The request, as it stands in the variable `requestVariable`. */
export const moverRequest = z.discriminatedUnion('operation', [
  init,
  backup,
  restore,
  snapshots,
  check,
  forget,
  prune,
  repair,
  unlock,
  stats,
  addKey,
  removeKey,
]);

/** A request with every default filled in. */
export type MoverRequest = z.infer<typeof moverRequest>;
/** A request as one writes it; what has a default may be left out. */
export type MoverRequestInput = z.input<typeof moverRequest>;
export type MoverOperation = MoverRequest['operation'];

/** Every operation by name. */
export const moverOperations = moverRequest.options.map(({ shape }) => shape.operation.value);
/** Those for which a repository has to be nobody else's: engines take an exclusive lock for them. */
export const exclusiveOperations: ReadonlySet<string> = new Set<MoverOperation>([
  'check',
  'prune',
  'forget',
  'repair',
  'addKey',
  'removeKey',
]);
/** The request of one operation. */
export type RequestOf<O extends MoverOperation> = Extract<MoverRequest, { operation: O }>;
/** A request as one writes it, without what its BackupStore says. */
export type MoverOrder = WithoutStore<MoverRequestInput>;
type WithoutStore<T> = T extends unknown ? Omit<T, 'repository' | 'limits'> : never;
export type Comparison = z.infer<typeof comparison>;
/** A comparison as one writes it. */
export type ComparisonOrder = z.input<typeof comparison>;
export type MoverRepository = z.infer<typeof repository>;
