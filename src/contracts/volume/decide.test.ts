import { describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { nextMove, type RebindFacts, type Rebinding } from './decide.ts';
import { claimBefore, migratedBy, policyBefore } from './marks.ts';
import { recordOf, shapeOf } from './shape.ts';

const migration = 'shop/move';
const deleted = '2026-06-01T00:00:00Z';

interface ClaimFacts {
  name?: string;
  uid?: string;
  volume?: string;
  phase?: string;
  annotations?: Record<string, string>;
  going?: boolean;
}

const claim = ({ name = 'data', uid = 'c1', volume, phase = 'Bound', annotations = {}, going }: ClaimFacts = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'shop', name, uid, annotations, ...(going ? { deletionTimestamp: deleted } : {}) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...(volume === undefined ? {} : { volumeName: volume }),
    },
    status: { phase },
  }) satisfies PersistentVolumeClaim;

interface VolumeFacts {
  policy?: string;
  annotations?: Record<string, string>;
  claimRef?: { namespace: string; name: string; uid?: string };
  going?: boolean;
}

const volume = (name: string, { policy = 'Delete', annotations = {}, claimRef, going }: VolumeFacts = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations, ...(going ? { deletionTimestamp: deleted } : {}) },
    spec: { persistentVolumeReclaimPolicy: policy, ...(claimRef === undefined ? {} : { claimRef }) },
  }) satisfies PersistentVolume;

const kept = { policy: 'Retain', annotations: { [policyBefore]: 'Delete' } };
const keptOf = (of: PersistentVolumeClaim) => ({
  policy: 'Retain',
  annotations: { [policyBefore]: 'Delete', [claimBefore]: recordOf(of) },
});
const named = { namespace: 'shop', name: 'data' };
const ours = { [migratedBy]: migration };

const wanted: Rebinding = { claim: named, volume: 'new', shape: shapeOf(claim()), replaces: ['old'], migration };
const facts = (some: Partial<RebindFacts>): RebindFacts => ({
  volume: undefined,
  claim: undefined,
  replaced: undefined,
  holder: undefined,
  ...some,
});
const move = (some: Partial<RebindFacts>, how: Partial<Rebinding> = {}) => nextMove(facts(some), { ...wanted, ...how });

const old = claim({ volume: 'old' });
const staged = claim({ name: 'staging', uid: 's1', volume: 'new', annotations: ours });
const released = { namespace: 'shop', name: 'staging', uid: 's1' };

describe('from a filled staging claim to the name people use', () => {
  const cases: [string, Partial<RebindFacts>, string][] = [
    [
      'the new volume is kept before its staging claim goes',
      { volume: volume('new'), holder: staged, claim: old },
      'keep',
    ],
    ['the staging claim goes', { volume: volume('new', kept), holder: staged, claim: old }, 'deleteClaim'],
    [
      'a staging claim that a pod still uses is waited for',
      {
        volume: volume('new', kept),
        holder: { ...staged, metadata: { ...staged.metadata, deletionTimestamp: deleted } },
      },
      'wait',
    ],
    ['the old volume is kept', { volume: volume('new', kept), claim: old, replaced: volume('old') }, 'keep'],
    [
      'also where it would be retained anyhow, for its claim is written on it',
      { volume: volume('new', kept), claim: old, replaced: volume('old', kept) },
      'keep',
    ],
    [
      'the new volume is reserved for the name while the old claim still has it',
      { volume: volume('new', { ...kept, claimRef: released }), claim: old, replaced: volume('old', keptOf(old)) },
      'reserve',
    ],
    [
      'the old claim goes',
      { volume: volume('new', { ...kept, claimRef: named }), claim: old, replaced: volume('old', keptOf(old)) },
      'deleteClaim',
    ],
    [
      'and is waited for',
      {
        volume: volume('new', { ...kept, claimRef: named }),
        claim: claim({ volume: 'old', going: true }),
        replaced: volume('old', keptOf(old)),
      },
      'wait',
    ],
    ['the claim is made anew', { volume: volume('new', { ...kept, claimRef: named }) }, 'createClaim'],
    [
      'and waited for until it is bound',
      {
        volume: volume('new', { ...kept, claimRef: named }),
        claim: claim({ uid: 'c2', volume: 'new', phase: 'Pending' }),
      },
      'wait',
    ],
    [
      'then nothing is left to do',
      {
        volume: volume('new', { ...kept, claimRef: { ...named, uid: 'c2' } }),
        claim: claim({ uid: 'c2', volume: 'new' }),
      },
      'done',
    ],
  ];
  it.each(cases)('%s', (_, seen, expected) => {
    expect(move(seen).do).toBe(expected);
  });
});

describe('what others do meanwhile', () => {
  const reserved = volume('new', { ...kept, claimRef: named });

  it('a claim that somebody made again and that has no volume yet is given ours', () => {
    const made = claim({ uid: 'c9', phase: 'Pending' });
    expect(move({ volume: reserved, claim: made })).toEqual({ do: 'adopt', claim: made });
    const free = volume('new', { ...kept, claimRef: released });
    expect(move({ volume: free, claim: made })).toEqual({ do: 'reserve', volume: free });
  });

  it('a claim that somebody is deleting does not take its volume along', () => {
    const going = claim({ volume: 'old', going: true });
    expect(move({ volume: reserved, claim: going, replaced: volume('old') }).do).toBe('keep');
  });

  it('a claim whose record is that of an earlier claim is recorded anew', () => {
    const earlier = claim({ uid: 'c0', volume: 'old' });
    const found = move({ volume: reserved, claim: old, replaced: volume('old', keptOf(earlier)) });
    expect(found).toMatchObject({ do: 'keep', claim: { metadata: { uid: 'c1' } } });
  });

  it('a claim bound to our volume whose volume names another is mended', () => {
    const lost = claim({ uid: 'c2', volume: 'new', phase: 'Lost' });
    const astray = volume('new', { ...kept, claimRef: { ...named, uid: 'c1' } });
    expect(move({ volume: astray, claim: lost })).toEqual({ do: 'reserve', volume: astray, uid: 'c2' });
  });

  it('a claim that lost the volume to be replaced goes, for it has nothing', () => {
    expect(move({ volume: reserved, claim: old }).do).toBe('deleteClaim');
  });
});

describe('the way back', () => {
  const back: Partial<Rebinding> = { volume: 'old', replaces: ['new'], shape: undefined };

  it('is walked already where the claim never changed', () => {
    expect(move({ volume: volume('old', { claimRef: { ...named, uid: 'c1' } }), claim: old }, back).do).toBe('done');
  });

  it('makes the claim as it stands on the volume', () => {
    const shop = { ...old, metadata: { ...old.metadata, labels: { app: 'shop' } } };
    const source = volume('old', { ...keptOf(shop), claimRef: named });
    expect(move({ volume: source }, back)).toEqual({ do: 'createClaim', shape: shapeOf(shop) });
  });

  it('is not guessed where nothing is written there', () => {
    const found = move({ volume: volume('old', { ...kept, claimRef: named }) }, back);
    expect(found).toMatchObject({ do: 'refuse', error: { code: 'DKR_DEPENDENCY_MISSING' } });
  });
});

describe('what is refused', () => {
  const reserved = volume('new', { ...kept, claimRef: named });
  const cases: [string, Partial<RebindFacts>, Partial<Rebinding>, string, RegExp][] = [
    ['a volume that is gone', {}, {}, 'DKR_RUN_FAILED', /volume new is gone/],
    [
      'a volume that is being deleted',
      { volume: volume('new', { going: true }) },
      {},
      'DKR_RUN_FAILED',
      /being deleted/,
    ],
    [
      'a volume that a claim of others has',
      { volume: reserved, holder: claim({ name: 'theirs', volume: 'new' }) },
      {},
      'DKR_NOT_OWNED',
      /belongs to claim shop\/theirs/,
    ],
    [
      'a volume that the claim of another migration has',
      { volume: reserved, holder: claim({ name: 'x', volume: 'new', annotations: { [migratedBy]: 'shop/other' } }) },
      {},
      'DKR_NOT_OWNED',
      /not of this migration/,
    ],
    [
      'a name whose claim has a volume that nobody spoke of',
      { volume: reserved, claim: claim({ volume: 'strange' }) },
      {},
      'DKR_NOT_OWNED',
      /bound to volume strange.*delete it/,
    ],
    [
      'a new name that somebody took',
      { volume: reserved, claim: claim({ phase: 'Pending' }) },
      { replaces: [] },
      'DKR_NOT_OWNED',
      /shop\/data is there/,
    ],
  ];
  it.each(cases)('%s', (_, seen, how, code, message) => {
    const found = move(seen, how);
    expect(found).toMatchObject({ do: 'refuse', error: { code } });
    expect(found.do === 'refuse' && found.error.message).toMatch(message);
  });
});
