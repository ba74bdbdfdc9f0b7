/** What the fields of a Migration's spec ask of each other, and what cannot change once it is there. */
import { frozenFields } from '../run/frozen.ts';
import { type CelRule, rule } from '../schema/annotations.ts';

/** What is settled with the Migration; the rest may be said of it later. */
const frozen = [
  'source',
  'target',
  'storeRef',
  'transform',
  'validate',
  'mode',
  'preSyncPasses',
  'verify',
  'mover',
  'runPolicy',
  'dryRun',
] as const;

const consistent: readonly CelRule[] = [
  rule(
    'has(self.transform) || has(self.target.storageClassName) || has(self.target.capacity) || has(self.target.accessModes) || has(self.target.name) || has(self.target.namespace)',
    'nothing would change: write what shall, such as target.storageClassName, or transform',
    '.target',
  ),
  rule(
    '!has(self.target.name) || !has(self.source.containerRef)',
    'target.name is the name of one claim, and the claims of a Container are called after it: write source.claimRef, or remove it',
    '.target.name',
  ),
  rule(
    '!has(self.target.name) || has(self.target.namespace) || !has(self.source.claimRef) || self.target.name != self.source.claimRef.name',
    'target.name is the name the claim has: remove it, or write another',
    '.target.name',
  ),
  rule(
    "has(self.target.name) || has(self.target.namespace) || self.mode == 'Full' && self.switchOver.strategy == 'SwapClaim'",
    'the old claim stays, so that the new one needs a name or a namespace of its own: write target.name, or target.namespace',
    '.target',
  ),
  rule(
    "!has(self.target.name) || has(self.target.namespace) || self.mode == 'StageOnly' || self.switchOver.strategy == 'NewClaim'",
    'SwapClaim keeps the name of the claim: remove target.name, or write strategy: NewClaim',
    '.switchOver.strategy',
  ),
  rule(
    "self.switchOver.strategy == 'SwapClaim' || !has(self.source.containerRef)",
    'the claims of a Container are called after it, so that it cannot use others: write strategy: SwapClaim',
    '.switchOver.strategy',
  ),
  rule(
    '!has(self.validate) || has(self.transform)',
    'validate judges what transform has made: write transform, or verify.job instead of validate',
    '.validate',
  ),
  rule(
    '!has(self.transform) || self.preSyncPasses == 1',
    'with transform the application stands still while it is copied, so that there is one pass: remove preSyncPasses',
    '.preSyncPasses',
  ),
  rule(
    "self.mode == 'Full' || !self.switchOver.requireApproval",
    'StageOnly switches nothing over, so that nothing is to be approved: remove requireApproval',
    '.switchOver.requireApproval',
  ),
];

const oneWay: readonly CelRule[] = [
  rule(
    'self.switchOver.strategy == oldSelf.switchOver.strategy && self.switchOver.requireApproval == oldSelf.switchOver.requireApproval && self.switchOver.readyWithin == oldSelf.switchOver.readyWithin',
    'of switchOver only approved can change once the migration is there: make another Migration',
    '.switchOver',
  ),
  rule(
    'self.switchOver.approved || !oldSelf.switchOver.approved',
    'an approval cannot be taken back: write cancel: true',
    '.switchOver.approved',
  ),
  rule(
    'self.rollback.automatic == oldSelf.rollback.automatic',
    'rollback.automatic cannot change once the migration is there: make another Migration',
    '.rollback.automatic',
  ),
  rule(
    'self.rollback.requested || !oldSelf.rollback.requested',
    'a rollback that was asked for cannot be taken back: make another Migration once it has ended',
    '.rollback.requested',
  ),
  rule(
    'self.cancel || !oldSelf.cancel',
    'a migration that was canceled cannot go on: make another Migration',
    '.cancel',
  ),
];

/** The rules of `spec`. */
export const migrationRules: readonly CelRule[] = [...consistent, ...frozenFields(frozen, 'Migration'), ...oneWay];
