/**
 * What restic 0.19 says with `--json`, as far as it is read here. Source:
 * https://restic.readthedocs.io/en/v0.19.1/075_scripting.html. A field with its default value may be left out.
 */
import * as z from 'zod';

const count = z.number().default(0);

const counts = {
  files_new: count,
  files_changed: count,
  files_unmodified: count,
  data_added: count,
  data_added_packed: count,
  total_files_processed: count,
  total_bytes_processed: count,
};

/** Lines of `backup` on standard output. */
export const backupLine = z.discriminatedUnion('message_type', [
  z.object({
    message_type: z.literal('status'),
    total_files: count,
    files_done: count,
    total_bytes: count,
    bytes_done: count,
  }),
  z.object({ message_type: z.literal('summary'), ...counts, snapshot_id: z.string() }),
]);
export type BackupSummary = Extract<z.infer<typeof backupLine>, { message_type: 'summary' }>;

const restoreCounts = {
  total_files: count,
  files_restored: count,
  files_skipped: count,
  total_bytes: count,
  bytes_restored: count,
};

/** Lines of `restore` on standard output. */
export const restoreLine = z.discriminatedUnion('message_type', [
  z.object({ message_type: z.literal('status'), ...restoreCounts }),
  z.object({ message_type: z.literal('summary'), ...restoreCounts }),
]);
export type RestoreSummary = Extract<z.infer<typeof restoreLine>, { message_type: 'summary' }>;

/** A file that gave trouble, the error of a check, or the last words: lines on standard error. */
export const errorLine = z.union([
  z.object({
    message_type: z.literal('error'),
    error: z.object({ message: z.string().default('') }),
    during: z.string().default(''),
    item: z.string().default(''),
  }),
  z.object({ message_type: z.literal('error'), message: z.string() }),
  z.object({ message_type: z.literal('exit_error'), code: z.number(), message: z.string() }),
]);
export type ErrorLine = z.infer<typeof errorLine>;

/** An entry of `snapshots`, and the first line of `ls`. */
export const snapshot = z.object({
  id: z.string(),
  time: z.string(),
  hostname: z.string().default(''),
  tags: z.array(z.string()).nullish(),
  paths: z.array(z.string()).default([]),
  summary: z.object(counts).optional(),
});
export type SnapshotMessage = z.infer<typeof snapshot>;

/** Lines of `ls` after the first. */
export const node = z.object({
  message_type: z.literal('node'),
  path: z.string(),
  type: z.string(),
  size: count,
  inode: count,
  /** Go's: https://pkg.go.dev/io/fs#FileMode */
  mode: z.number().optional(),
  uid: z.number().optional(),
  gid: z.number().optional(),
  /** RFC 3339 with nanoseconds */
  mtime: z.string().optional(),
});
export type NodeMessage = z.infer<typeof node>;

/** The last line of `check`. */
export const checkSummary = z.object({
  message_type: z.literal('summary'),
  broken_packs: z.array(z.string()).nullish(),
});

/** `stats`. */
export const stats = z.object({ total_size: count, total_file_count: count });

/** `cat config`. */
export const config = z.object({ id: z.string() });

/** `key list`. */
export const keys = z.array(z.object({ current: z.boolean().default(false), id: z.string() }));

/** The line as `schema` has it; undefined for anything else, since later versions may say more. */
export function parseLine<T>(schema: z.ZodType<T>, line: string): T | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
