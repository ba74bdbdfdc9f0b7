/**
 * What a backup engine must be able to do for the mover. An engine is bound to one repository and one key; each call is
 * whole in itself and holds no lock when it ends. `testing/conformance.ts` says in tests what is promised here.
 */
import type { MoverSnapshot, MoverStats } from '#contracts/mover/result.ts';
import type { Expected } from './tree/entry.ts';

/** How far a call is; numbers that are not known yet are 0. */
export interface EngineProgress {
  readonly bytesDone: number;
  readonly totalBytes: number;
  readonly filesDone: number;
  readonly totalFiles: number;
}

/** How one call is watched and ended. */
export interface CallOptions {
  /** When it aborts, the engine gives back its locks and the call is rejected as `Canceled`. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** What to read into a snapshot. */
export interface BackupOrder {
  /** absolute */
  readonly source: string;
  readonly host: string;
  readonly tags: readonly string[];
  /** as in `MoverRequest` */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly compression: 'None' | 'Auto' | 'Max';
}

/** A file that could not be read or written, and why. */
export interface FileTrouble {
  readonly path: string;
  readonly reason: string;
  /** it was there when its folder was listed and gone when it was read */
  readonly isGone: boolean;
}

/** A snapshot that was made; it lacks what `unreadable` names. */
export interface MadeSnapshot {
  readonly snapshotID: string;
  readonly stats: MoverStats;
  readonly unreadable: readonly FileTrouble[];
  readonly warnings: readonly string[];
}

/** One thing in a snapshot, with what the engine lists of it. */
export interface SnapshotEntry extends Expected {
  /** absolute, as in the snapshot; bytes that are not UTF-8 stand in it as U+FFFD */
  readonly path: string;
  /** as in the snapshot; names of one file share it */
  readonly inode: number;
}

/** Is shown a snapshot: itself first, then each entry. */
export interface SnapshotVisitor {
  snapshot(snapshot: MoverSnapshot): void;
  entry(entry: SnapshotEntry): void;
}

/** What to write, and where. */
export interface RestoreOrder {
  readonly snapshotID: string;
  /** folder of the snapshot that becomes `target` */
  readonly folder: string;
  /** absolute; exists */
  readonly target: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly overwrite: 'Always' | 'IfChanged' | 'IfNewer' | 'Never';
  readonly deleteExtraneous: boolean;
  /** read what was written again and compare its checksums */
  readonly readBack: boolean;
}

/** What a restore did; it did not write what `failed` names. */
export interface Restored {
  readonly filesRestored: number;
  readonly filesSkipped: number;
  readonly filesTotal: number;
  readonly bytesRestored: number;
  readonly bytesTotal: number;
  readonly failed: readonly FileTrouble[];
  /** files whose content read back is another; empty unless that was asked for */
  readonly differing: readonly string[];
}

/** Where to look for damage, and how closely. */
export interface CheckOrder {
  /** only what this snapshot needs */
  readonly snapshotID?: string;
  /** part of the data to read, percent; absent for none */
  readonly readDataPercent?: number;
  /** bar everybody else from the repository meanwhile, so that nothing is found wrong that is only being changed */
  readonly exclusive: boolean;
}

/** One repository and one key, ready to be called. Every call is rejected with a `RunFailure`. */
export interface Engine {
  /** Creates the repository; resolves to its id. Rejected when there is one. */
  init(options: CallOptions): Promise<string>;
  /** Opens the repository and resolves to its id. */
  repositoryID(options: CallOptions): Promise<string>;
  /** The id of the key it opens with. */
  keyID(options: CallOptions): Promise<string>;
  backup(order: BackupOrder, options: CallOptions): Promise<MadeSnapshot>;
  /** Shows a snapshot and everything in it, folders before what is in them. */
  list(snapshotID: string, visitor: SnapshotVisitor, options: CallOptions): Promise<void>;
  restore(order: RestoreOrder, options: CallOptions): Promise<Restored>;
  /** Those with all of the tags, newest first. */
  snapshots(tags: readonly string[], options: CallOptions): Promise<MoverSnapshot[]>;
  /** Resolves when nothing is wrong; rejected as `RepositoryCorrupt` otherwise, with the packs whose content is wrong. */
  check(order: CheckOrder, options: CallOptions): Promise<void>;
  /** Bytes in the store that only this snapshot and others of the same content need. */
  storedBytes(snapshotID: string, options: CallOptions): Promise<number>;
  /** Those that are gone already are no error. */
  forget(snapshotIDs: readonly string[], options: CallOptions): Promise<void>;
  prune(maxUnusedPercent: number, options: CallOptions): Promise<void>;
  /**
   * Makes the index say what is there and good again, so that the next backup stores anew what is lost. Of packs whose
   * content is wrong it keeps what is good. Those that are gone already are no error.
   */
  repair(damagedPacks: readonly string[], options: CallOptions): Promise<void>;
  /** Removes locks whose holders are gone, or all of them; resolves to how many. */
  unlock(all: boolean, options: CallOptions): Promise<number>;
  /** Lets the password in that file open the repository too; resolves to the key's id. */
  addKey(passwordFile: string, options: CallOptions): Promise<string>;
  /** One that is gone already is no error. */
  removeKey(keyID: string, options: CallOptions): Promise<void>;
}
