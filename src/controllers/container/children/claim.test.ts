import { expect, it } from 'vitest';
import { claimVolumes } from '#contracts/container/claims.ts';
import type { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { aContainer, dataVolume } from '#test/fixtures/objects.ts';
import { buildClaim } from './claim.ts';

const claim = { size: '2Gi', storageClassName: 'slow', accessModes: ['ReadWriteOnce' as const] };
const container = aContainer({ volumes: [{ ...dataVolume, claim }] });

function specOf(live?: Partial<PersistentVolumeClaim['spec']>, annotations: Record<string, string> = {}) {
  const [volume] = claimVolumes(container);
  if (volume === undefined) throw new Error('the Container has a volume with claims');
  const metadata = { namespace: 'shop', name: 'data-web-0', annotations };
  const existing = live && { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: live };
  return buildClaim(container, volume, 0, existing).spec;
}

const other = (storage: string) => ({
  storageClassName: 'fast',
  accessModes: ['ReadWriteMany'],
  resources: { requests: { storage } },
});

it('a claim is of the class, the modes and the size declared', () => {
  const declared = {
    storageClassName: 'slow',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '2Gi' } },
  };
  expect(specOf()).toEqual(declared);
  expect(specOf(other('1Gi'))).toEqual(declared);
});

it('a migrated one keeps its class, its modes and a larger size', () => {
  const migrated = { 'dokkerr.io/migrated-by': 'shop/move' };
  expect(specOf(other('3Gi'), migrated)).toEqual(other('3Gi'));
  expect(specOf(other('1Gi'), migrated)).toEqual(other('2Gi'));
});

it('one that was made smaller stays so until more is asked for than it had', () => {
  const smaller = (before: string) => ({
    'dokkerr.io/migrated-by': 'shop/move',
    'dokkerr.io/size-before': before,
  });
  expect(specOf(other('1Gi'), smaller('2Gi'))).toEqual(other('1Gi'));
  expect(specOf(other('1Gi'), smaller('1500Mi'))).toEqual(other('2Gi'));
});
