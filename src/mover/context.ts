/** What an operation works with: the engine, the store beside it, and where to say how far it is. */
import type { MoverFiles } from '#contracts/mover/files.ts';
import type { MoverPhase } from '#contracts/mover/progress.ts';
import type { MoverResult, MoverSnapshot } from '#contracts/mover/result.ts';
import type { StoreAccess } from '#stores/access.ts';
import type { Engine, EngineProgress } from './engine.ts';

/** Takes what is worth telling meanwhile. */
export interface Reporter {
  progress(phase: MoverPhase, progress?: EngineProgress): void;
  snapshot(snapshot: MoverSnapshot): void;
}

/** Of one run. */
export interface MoverContext {
  readonly engine: Engine;
  readonly access: StoreAccess;
  readonly files: MoverFiles;
  readonly report: Reporter;
  /** aborts when the run is to end */
  readonly signal: AbortSignal;
}

/** What an operation found: the result without what every result has. A failure that leaves nothing else is thrown. */
export type Findings = Omit<MoverResult, 'operation' | 'durationMs'>;
