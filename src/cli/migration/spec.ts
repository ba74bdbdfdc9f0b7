/** What is typed after `migration plan` and `migration start`, as the spec of a Migration. Pure. */
import type { MigrationSpec, MigrationTarget } from '#crds/migration.ts';
import { misuse } from '../command.ts';

type AccessMode = NonNullable<MigrationTarget['accessModes']>[number];

/** What is to be moved, and what is to be different in the end. */
export interface MoveOptions {
  readonly container?: string;
  readonly claim?: string;
  readonly toClass?: string;
  readonly toSize?: string;
  readonly toAccessMode?: AccessMode;
  readonly toName?: string;
  readonly toNamespace?: string;
  readonly store?: string;
  readonly preSyncPasses?: number;
  readonly verify?: 'Full' | 'Sample';
  readonly stageOnly?: boolean;
}

/** How it is to be switched over. */
export interface StartOptions extends MoveOptions {
  readonly requireApproval?: boolean;
  readonly readyWithin?: string;
  readonly keepSource?: string;
  /** false where `--no-rollback` was written */
  readonly rollback: boolean;
}

/** Without what the API server fills in. @throws DKR_CONFIG_INVALID saying what to write instead */
export function migrationSpec(options: StartOptions): Partial<MigrationSpec> {
  const { store, preSyncPasses, verify, stageOnly = false, keepSource, rollback } = options;
  const switchOver = switchOverOf(options);
  if (stageOnly && options.requireApproval === true) {
    throw misuse('--stage-only switches nothing over, so nothing is to be approved: keep one of the two');
  }
  // Sound, here and below: what is left out the API server fills in.
  return {
    source: sourceOf(options),
    target: targetOf(options),
    ...(store === undefined ? {} : { storeRef: { name: store } }),
    ...(preSyncPasses === undefined ? {} : { preSyncPasses }),
    ...(verify === undefined ? {} : { verify: { checksum: verify } }),
    ...(stageOnly ? { mode: 'StageOnly' } : {}),
    ...(Object.keys(switchOver).length === 0 ? {} : { switchOver: switchOver as MigrationSpec['switchOver'] }),
    ...(keepSource === undefined ? {} : { keepSource: { for: keepSource } }),
    ...(rollback ? {} : { rollback: { automatic: false } as MigrationSpec['rollback'] }),
  };
}

function sourceOf({ container, claim }: MoveOptions): MigrationSpec['source'] {
  if (container !== undefined && claim !== undefined) {
    throw misuse('--container and --claim are two sources: keep one of them');
  }
  if (container !== undefined) return { containerRef: { name: container } };
  if (claim === undefined) {
    throw misuse('nothing says what to move: write --container NAME for all its claims, or --claim NAME');
  }
  return { claimRef: { name: claim } };
}

function targetOf(options: MoveOptions): MigrationTarget {
  const { container, toClass, toSize, toAccessMode, toName, toNamespace, stageOnly = false } = options;
  if (toName !== undefined && container !== undefined) {
    throw misuse('--to-name is the name of one claim: write --claim NAME in place of --container, or leave it out');
  }
  const target = {
    ...(toClass === undefined ? {} : { storageClassName: toClass }),
    ...(toSize === undefined ? {} : { capacity: toSize }),
    ...(toAccessMode === undefined ? {} : { accessModes: [toAccessMode] }),
    ...(toName === undefined ? {} : { name: toName }),
    ...(toNamespace === undefined ? {} : { namespace: toNamespace }),
  };
  if (Object.keys(target).length === 0) {
    throw misuse(
      'nothing would change: write --to-class, --to-size, --to-access-mode, --to-name or --to-namespace, one or several',
    );
  }
  if (stageOnly && toName === undefined && toNamespace === undefined) {
    throw misuse('--stage-only leaves the old claim as it is, so the new one needs a name: write --to-name NAME too');
  }
  return target;
}

/** A claim of another name in the same namespace is one that what uses it is pointed at. */
function switchOverOf(options: StartOptions): Partial<MigrationSpec['switchOver']> {
  const { toName, toNamespace, stageOnly = false, requireApproval = false, readyWithin } = options;
  const isNewClaim = toName !== undefined && toNamespace === undefined && !stageOnly;
  return {
    ...(isNewClaim ? { strategy: 'NewClaim' } : {}),
    ...(requireApproval ? { requireApproval } : {}),
    ...(readyWithin === undefined ? {} : { readyWithin }),
  };
}
