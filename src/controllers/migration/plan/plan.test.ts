import { describe, expect, it } from 'vitest';
import { aMigration, aSource, someFacts } from '../testing/facts.ts';
import { composePlan } from './compose.ts';
import { agrees } from './consent.ts';
import { estimateDowntime } from './estimate.ts';
import { rivalOf } from './refuse.ts';
import { mustFit } from './volumes.ts';

const claimRef = { source: { claimRef: { name: 'data-web-0' } } };
const elsewhere = { ...claimRef, target: { namespace: 'store' } };

describe('a plan', () => {
  it('says of each volume what it is and what becomes of it, and what is stopped', () => {
    const { plan, volumes, workloads } = composePlan(someFacts());
    expect(plan).toMatchObject({
      volumes: [
        {
          claim: 'data-web-0',
          volume: 'pv-data-web-0',
          target: 'data-web-0',
          fromClass: 'standard',
          toClass: 'fast',
          fromSize: '1Gi',
          toSize: '1Gi',
          bytes: 104_857_600,
        },
      ],
      workloads: [{ kind: 'Container', name: 'web', replicas: 1 }],
    });
    expect(plan?.expectedDowntimeSeconds).toBeGreaterThan(0);
    expect(plan?.estimatedFrom).toContain('it has 100 MiB');
    expect(plan?.warnings).toBeUndefined();
    expect(volumes).toMatchObject([
      { staging: 'staging-uid-1-0', target: { namespace: 'shop', name: 'data-web-0' }, storage: '1Gi' },
    ]);
    expect(workloads).toEqual(plan?.workloads);
  });

  it('leaves out the claims that are as they are to be', () => {
    const sources = [aSource('data-web-0', { storageClassName: 'fast' }), aSource('data-web-1')];
    expect(composePlan(someFacts({}, { sources })).volumes?.map(({ claim }) => claim)).toEqual(['data-web-1']);
  });

  it('takes every claim where the data is transformed, though nothing else changes', () => {
    const transform = [{ name: 'convert', image: 'tool', timeoutSeconds: 60 }];
    expect(composePlan(someFacts({ target: {}, transform })).volumes).toHaveLength(1);
  });

  it('makes the new volume as large as the old one was given, where that is more than was asked for', () => {
    const source = aSource();
    if (source.claim.status !== undefined) source.claim.status.capacity = { storage: '2Gi' };
    expect(composePlan(someFacts({}, { sources: [source] })).volumes?.[0]?.storage).toBe('2Gi');
  });

  it.each([
    [
      'a class that is not there',
      someFacts({ target: { storageClassName: 'gold' } }),
      /StorageClass gold does not exist/,
    ],
    [
      'what is so already',
      someFacts({ target: { storageClassName: 'standard' } }),
      /nothing would change: claim data-web-0 has 1Gi/,
    ],
    ['a size in other words', someFacts({ target: { capacity: '1024Mi' } }), /nothing would change/],
    ['a claim without a volume', someFacts({}, { sources: [aSource('new', {}, { volume: undefined })] }), /not bound/],
    ['a block device', someFacts({}, { sources: [aSource('raw', { volumeMode: 'Block' })] }), /volumeMode: Block/],
    [
      'more data than room',
      someFacts({ target: { capacity: '50Mi' } }),
      /100 MiB of files, and target.capacity is 50Mi/,
    ],
    [
      'a name that is taken',
      someFacts(elsewhere, { taken: new Set(['store/data-web-0']), consent: { exists: true, text: '*' } }),
      /claim store\/data-web-0 exists/,
    ],
    [
      'a namespace that has not agreed',
      someFacts(elsewhere, { consent: { exists: true, text: 'others' } }),
      /kubectl annotate namespace store dokkerr.io\/migrations-from=shop/,
    ],
    [
      'a namespace that is not there',
      someFacts(elsewhere, { consent: { exists: false, text: undefined } }),
      /namespace store does not exist/,
    ],
    [
      'a claim that ended pods hold',
      someFacts({}, { ended: ['report-1'] }),
      /kubectl delete pod report-1 --namespace shop/,
    ],
    [
      'a user that nobody here can stop',
      someFacts({}, { strangers: ['pod report-1 of Job report'] }),
      /used by pod report-1 of Job report/,
    ],
    [
      'another name for the claim of a replica',
      someFacts({ ...claimRef, target: { name: 'data' } }),
      /write strategy: SwapClaim/,
    ],
  ])('refuses %s, and says what to write instead', (_, facts, message) => {
    expect(() => composePlan(facts)).toThrow(message);
  });

  it('warns of what people would find out too late', () => {
    const transform = [{ name: 'convert', image: 'tool', timeoutSeconds: 60 }];
    const warned = (...facts: Parameters<typeof someFacts>) => composePlan(someFacts(...facts)).plan?.warnings ?? [];
    expect(warned({ target: {}, transform })).toEqual([expect.stringContaining('stands still from the backup')]);
    expect(warned(elsewhere, { consent: { exists: true, text: 'shop' } })).toEqual([
      expect.stringContaining('Container web stays stopped in the end'),
    ]);
    const deployment = {
      workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      replicas: 1,
      claims: [{ name: 'data-web-0', use: 'Named' }],
    } as const;
    expect(warned(claimRef, { workloads: [deployment] })).toEqual([
      expect.stringContaining('storageClassName has to be fast from then on'),
    ]);
    const unknown = { sources: [aSource('data-web-0', {}, { bytes: undefined })] };
    expect(warned({ target: { capacity: '2Gi' } }, unknown)).toEqual([expect.stringContaining('no backup of claim')]);
  });

  it('lets a copy be staged while anybody uses the claim', () => {
    const facts = someFacts({ ...claimRef, mode: 'StageOnly', target: { name: 'copy' } }, { strangers: ['pod x'] });
    expect(composePlan(facts).plan).toMatchObject({ volumes: [{ target: 'copy' }] });
    expect(composePlan(facts).plan).not.toHaveProperty('expectedDowntimeSeconds');
  });
});

describe('the expected downtime', () => {
  it('grows with the size only where all of the content has to be read', () => {
    const { spec } = aMigration();
    const seconds = (gib: number, change = {}) =>
      estimateDowntime({ ...spec, ...change }, gib * 2 ** 30, true).expectedDowntimeSeconds ?? 0;
    expect(seconds(100) - seconds(1)).toBeLessThan(60);
    expect(seconds(100, { verify: { checksum: 'Full' } })).toBeGreaterThan(1000);
  });

  it('is none where nothing that runs is stopped', () => {
    expect(estimateDowntime(aMigration().spec, 1, false)).toEqual({});
  });
});

describe('what fits', () => {
  it('is judged by bytes', () => {
    const volume = { claim: 'data', storage: '1Gi' };
    expect(() => mustFit([{ ...volume, bytes: 2 ** 30 }, volume])).not.toThrow();
    expect(() => mustFit([{ ...volume, bytes: 2 ** 30 + 1 }])).toThrow(/write more/);
  });
});

describe('the consent of a namespace', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['shop', true],
    ['other, shop', true],
    ['shopping', false],
    ['*', true],
  ])('%j is %s', (text, expected) => {
    expect(agrees(text, 'shop')).toBe(expected);
  });
});

describe('of two migrations of one claim', () => {
  const other = (metadata: object, more: object = {}) => ({
    migration: { ...aMigration({}, { name: 'other', uid: 'uid-2', ...metadata }), ...more },
    claims: ['data-web-0'],
  });
  const earlier = { creationTimestamp: '2026-05-31T00:00:00Z' };
  const later = { creationTimestamp: '2026-06-02T00:00:00Z' };
  const rival = (one: ReturnType<typeof other>) => rivalOf(aMigration(), ['data-web-0'], [one])?.metadata.name;

  it('the older one wins, and of one second the first by name', () => {
    expect(rival(other(earlier))).toBe('other');
    expect(rival(other(later))).toBeUndefined();
    expect(rival(other({}))).toBe('other');
    expect(rival(other({ name: 'zzz' }))).toBeUndefined();
  });

  it('one that has begun wins over an older one', () => {
    expect(rival(other(later, { status: { resolved: { volumes: [] } } }))).toBe('other');
  });

  it('one that has ended, or only plans, or is about other claims, is none', () => {
    expect(rival(other(earlier, { status: { outcome: 'Completed' } }))).toBeUndefined();
    expect(rival({ ...other(earlier), claims: ['logs'] })).toBeUndefined();
    const planning = { ...other(earlier), migration: aMigration({ dryRun: true }, { ...earlier, uid: 'uid-2' }) };
    expect(rival(planning)).toBeUndefined();
  });
});
