/** What the API server says to bad migrations, by their schema alone: no operator runs here. */
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Kubectl, type Spec } from './kubectl.ts';

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  return () => kubectl[Symbol.asyncDispose]();
});

const object = (spec: Spec, name = 'tested') => ({
  apiVersion: 'dokkerr.io/v1alpha1',
  kind: 'Migration',
  metadata: { name },
  spec,
});

const container = { source: { containerRef: { name: 'web' } } };
const claim = { source: { claimRef: { name: 'data' } } };
const fast = { target: { storageClassName: 'fast' } };
const programs = [{ name: 'convert', image: 'tool:1' }];

describe('the API server refuses a migration', () => {
  test.each<[string, Spec, string]>([
    ['of nothing', { ...fast, source: {} }, 'source takes exactly one of containerRef and claimRef'],
    ['of two things', { ...fast, source: { ...container.source, ...claim.source } }, 'keep one of them'],
    ['that changes nothing', container, 'nothing would change: write what shall'],
    ['to the name it has', { ...claim, target: { name: 'data' } }, 'target.name is the name the claim has'],
    ['of a Container to one name', { ...container, target: { name: 'other' } }, 'write source.claimRef, or remove it'],
    ['to another name that keeps the name', { ...claim, target: { name: 'other' } }, 'write strategy: NewClaim'],
    [
      'to a new claim without a name',
      { ...claim, ...fast, switchOver: { strategy: 'NewClaim' } },
      'write target.name, or target.namespace',
    ],
    [
      'of a Container to new claims',
      { ...container, target: { namespace: 'other' }, switchOver: { strategy: 'NewClaim' } },
      'write strategy: SwapClaim',
    ],
    [
      'that only stages, under no name',
      { ...claim, ...fast, mode: 'StageOnly' },
      'write target.name, or target.namespace',
    ],
    [
      'that only stages, with an approval',
      { ...claim, target: { name: 'copy' }, mode: 'StageOnly', switchOver: { requireApproval: true } },
      'remove requireApproval',
    ],
    [
      'that judges what it does not change',
      { ...container, ...fast, validate: programs },
      'write transform, or verify.job',
    ],
    [
      'that copies twice while nothing runs',
      { ...container, transform: programs, preSyncPasses: 2 },
      'remove preSyncPasses',
    ],
    ['by a program without an image', { ...container, transform: [{ name: 'convert' }] }, 'spec.transform[0].image'],
    ['by two programs of one name', { ...container, transform: [...programs, ...programs] }, 'Duplicate value'],
    ['by an empty list of programs', { ...container, transform: [] }, 'spec.transform'],
    ['to a volume of no size', { ...container, target: { capacity: '0' } }, 'write for example 10Gi'],
    [
      'that keeps the source for no proper time',
      { ...container, ...fast, keepSource: { for: '1 day' } },
      'spec.keepSource.for',
    ],
  ])('%s', async (_, spec, message) => {
    expect(await kubectl.refusal(object(spec))).toContain(message);
  });

  test('whose name its backups could not carry', async () => {
    expect(await kubectl.refusal(object({ ...container, ...fast }, 'n'.repeat(201)))).toContain('write a shorter one');
  });

  test.each<[string, Spec, string]>([
    ['another target', { ...container, target: { storageClassName: 'slow' } }, 'make another Migration'],
    ['another program', { ...container, ...fast, transform: programs }, 'transform cannot change'],
    [
      'another deadline',
      { ...container, ...fast, switchOver: { readyWithin: '1h' } },
      'of switchOver only approved can change',
    ],
    ['another way back', { ...container, ...fast, rollback: { automatic: false } }, 'rollback.automatic cannot change'],
  ])('that is there when it is given %s', async (what, after, message) => {
    const name = `frozen-${what.replaceAll(' ', '-')}`;
    await kubectl.apply(object({ ...container, ...fast }, name));
    expect(await kubectl.refusal(object(after, name))).toContain(message);
  });
});

describe('the API server takes', () => {
  test('what may be said of a migration later, and none of it back', async () => {
    const spec = { ...container, ...fast };
    await kubectl.apply(object(spec, 'changed'));
    const said = {
      ...spec,
      switchOver: { approved: true },
      rollback: { requested: true },
      keepSource: { for: '0s' },
      cancel: true,
    };
    expect(await kubectl.apply(object(said, 'changed'))).toMatchObject({ spec: said });
    const refusal = await kubectl.refusal(
      object({ ...said, ...{ switchOver: {}, rollback: {}, cancel: false } }, 'changed'),
    );
    for (const words of ['an approval cannot be taken back', 'a rollback that was asked for', 'that was canceled']) {
      expect(refusal).toContain(words);
    }
  });

  test.each<[string, Spec]>([
    ['a claim under another name', { ...claim, target: { name: 'other' }, switchOver: { strategy: 'NewClaim' } }],
    ['a claim in another namespace, under the same name', { ...claim, target: { namespace: 'other', name: 'data' } }],
    ['a Container in another namespace', { ...container, target: { namespace: 'other' } }],
    ['a transform alone', { ...container, transform: programs, validate: programs }],
    ['a staged copy', { ...claim, target: { name: 'copy' }, mode: 'StageOnly' }],
  ])('%s', async (what, spec) => {
    const name = what.replaceAll(/[ ,]+/g, '-').toLowerCase();
    expect(await kubectl.apply(object(spec, name))).toMatchObject({ spec });
  });
});
