import { expect, it } from 'vitest';
import type { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { migratedBy } from './marks.ts';
import { changedShape, independentShape, shapeOf } from './shape.ts';

const owner = { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Container', name: 'shop', uid: 'u1', controller: true };
const source: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    namespace: 'shop',
    name: 'data',
    uid: 'c1',
    labels: { app: 'shop' },
    annotations: {
      'pv.kubernetes.io/bind-completed': 'yes',
      'volume.kubernetes.io/storage-provisioner': 'csi',
      'volume.beta.kubernetes.io/storage-provisioner': 'csi',
      'volume.kubernetes.io/selected-node': 'node-1',
      'team.example/contact': 'shop',
    },
    ownerReferences: [owner],
    finalizers: ['kubernetes.io/pvc-protection'],
  },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'slow',
    volumeMode: 'Filesystem',
    volumeAttributesClassName: 'quick',
    volumeName: 'old',
    dataSourceRef: { kind: 'Restore', name: 'first' },
  },
};
const changes = { migration: 'shop/move', storageClassName: 'fast', accessModes: ['ReadWriteMany'], storage: '2Gi' };

it('a claim keeps its labels, its owners and what people wrote on it, and nothing of its volume', () => {
  const { volumeName: _, ...spec } = source.spec;
  expect(shapeOf(source)).toEqual({
    labels: { app: 'shop' },
    annotations: { 'team.example/contact': 'shop' },
    ownerReferences: [owner],
    spec,
  });
});

it('a migration changes what it was asked to, and says that it did', () => {
  const { labels, annotations, ownerReferences, spec } = changedShape(shapeOf(source), changes);
  expect({ labels, ownerReferences }).toEqual({ labels: { app: 'shop' }, ownerReferences: [owner] });
  expect(annotations).toEqual({ 'team.example/contact': 'shop', [migratedBy]: 'shop/move' });
  expect(spec).toMatchObject({
    accessModes: ['ReadWriteMany'],
    resources: { requests: { storage: '2Gi' } },
    storageClassName: 'fast',
    dataSourceRef: { name: 'first' },
  });
  expect(spec).not.toHaveProperty('volumeAttributesClassName');
  const smaller = changedShape(shapeOf(source), { migration: 'shop/move', storage: '512Mi' });
  expect(smaller.annotations).toMatchObject({ 'dokkerr.io/size-before': '1Gi' });
  const again = changedShape(smaller, { migration: 'shop/again', storage: '256Mi' });
  expect(again.annotations).toMatchObject({ 'dokkerr.io/size-before': '1Gi' });
  const larger = changedShape(smaller, { migration: 'shop/again', storage: '1Gi' });
  expect(larger.annotations).not.toHaveProperty(['dokkerr.io/size-before']);
  const same = changedShape(shapeOf(source), { migration: 'shop/move' });
  expect(same.spec).toEqual(shapeOf(source).spec);
});

it('under another name a claim belongs to nobody and comes from nowhere', () => {
  const shape = independentShape(shapeOf(source), changes);
  expect(shape).toEqual({
    labels: {},
    annotations: { [migratedBy]: 'shop/move' },
    ownerReferences: [],
    spec: {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '2Gi' } },
      storageClassName: 'fast',
      volumeMode: 'Filesystem',
    },
  });
});
