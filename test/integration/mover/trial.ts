/** What every test of the mover has: a repository of its own, folders to read and write, and ways to run a mover on them. */
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { MoverRequestInput } from '#contracts/mover/request.ts';
import { layOutMounts, type Mounted } from './mounts.ts';
import { type Compared, startCompare } from './run-compare.ts';
import { type Ended, type RunningMover, type RunOptions, startMover } from './run-mover.ts';
import { password, type ResticWorkbench, type StoredRepository, startWorkbench } from './workbench.ts';

/** A request without what all have in common. */
export type Order = MoverRequestInput extends infer R ? (R extends unknown ? Omit<R, 'repository'> : never) : never;

type OrderOf<O extends Order['operation']> = Partial<Extract<Order, { operation: O }>>;

/** What is other than usual. */
export interface Circumstances extends Partial<Mounted>, Partial<RunOptions> {
  readonly repository?: Partial<MoverRequestInput['repository']>;
}

/** One test's. */
export class Trial {
  readonly workbench: ResticWorkbench;
  readonly repository: StoredRepository;
  /** what a backup reads */
  readonly source: string;
  /** what a restore writes */
  readonly target: string;

  private constructor(workbench: ResticWorkbench, repository: StoredRepository, place: string) {
    this.workbench = workbench;
    this.repository = repository;
    this.source = join(place, 'source');
    this.target = join(place, 'target');
  }

  /** With empty folders and a repository that is not made yet. */
  static async begin(workbench: ResticWorkbench): Promise<Trial> {
    const place = await mkdtemp(join(workbench.folder, 'test-'));
    // Some tests read and write as another user.
    await Promise.all([workbench.folder, place].map((folder) => chmod(folder, 0o755)));
    const trial = new Trial(workbench, await workbench.newRepository(), place);
    await Promise.all([mkdir(trial.source), mkdir(trial.target)]);
    return trial;
  }

  async start(order: Order, { repository: other, ...rest }: Circumstances = {}): Promise<RunningMover> {
    const { repository, credentials } = this.repository.access;
    const folder = await layOutMounts(this.workbench.folder, { credentials, password, ...rest });
    const common = { repository: { ...repository, ...other }, lockWaitSeconds: 1, storeWaitSeconds: 0 };
    const request = { ...common, ...order } as MoverRequestInput;
    return startMover(request, { folder, restic: this.workbench.restic, ...rest });
  }

  async run(order: Order, circumstances: Circumstances = {}): Promise<Ended> {
    return (await this.start(order, circumstances)).ended;
  }

  /** Makes the repository without a mover, for tests of something else. */
  create(): Promise<string> {
    return this.repository.engine().init({ signal: new AbortController().signal });
  }

  backup(order: OrderOf<'backup'> = {}, circumstances: Circumstances = {}): Promise<Ended> {
    return this.run({ operation: 'backup', source: this.source, host: 'team/notes-data', ...order }, circumstances);
  }

  /** A backup that has to succeed; resolves to its snapshot's id. */
  async made(order: OrderOf<'backup'> = {}): Promise<string> {
    const { result } = await this.backup(order);
    expect(result).toMatchObject({ outcome: 'Succeeded' });
    return result.snapshotID ?? '';
  }

  restore(snapshotID: string, order: OrderOf<'restore'> = {}, circumstances: Circumstances = {}): Promise<Ended> {
    const { source, target } = this;
    return this.run({ operation: 'restore', snapshotID, source, target, ...order }, circumstances);
  }

  /** Holds the target against the source, in everything. */
  compare({ prefix }: Pick<RunOptions, 'prefix'> = {}): Promise<Compared> {
    const { source, target } = this;
    return startCompare({ source, target, content: { mode: 'Full' } }, prefix).found;
  }
}

/** Gives each test of a file a trial; the file's tests share one store. */
export function useTrials(take: (trial: Trial) => void): void {
  let workbench: ResticWorkbench;
  beforeAll(async () => {
    workbench = await startWorkbench();
  }, 600_000);
  afterAll(() => workbench[Symbol.asyncDispose]());
  beforeEach(async () => take(await Trial.begin(workbench)));
}
