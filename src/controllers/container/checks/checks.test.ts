import { describe, expect, it } from 'vitest';
import { checkQuotas } from '#contracts/container/quota.ts';
import type { LimitRange, ResourceQuota } from '#runtime/client/kinds.ts';
import { aContainer, aNode, dataVolume } from '#test/fixtures/objects.ts';
import { checkLimitRanges } from './limit-range.ts';
import { checkNodes } from './node-fit.ts';
import { references } from './references.ts';

const small = aNode('small', { cpu: '2', memory: '4Gi' });
const large = aNode('large', { cpu: '8', memory: '16Gi' }, { disk: 'ssd' });
const asking = (cpu: string, memory = '1Gi') => aContainer({ resources: { requests: { cpu, memory } } });

describe('checkNodes', () => {
  it('is content when one node has room for a pod', () => {
    expect(checkNodes(asking('6'), [small, large])).toBeUndefined();
  });

  it('names the figure asked for, the largest node and what it has', () => {
    expect(checkNodes(asking('64'), [small, large])).toEqual({
      reason: 'NoNodeLargeEnough',
      message: 'spec.resources asks for 64 cpu, the largest node (large) has 8; ask for less or add a larger node',
    });
  });

  it('counts a limit as a request where no request is given, as the scheduler does', () => {
    const container = aContainer({ resources: { limits: { memory: '32Gi' } } });
    expect(checkNodes(container, [large])?.message).toContain('32Gi memory, the largest node (large) has 16Gi');
  });

  it('says what each node lacks when every node lacks something else', () => {
    const wide = aNode('wide', { cpu: '8', memory: '1Gi' });
    const deep = aNode('deep', { cpu: '1', memory: '64Gi' });
    expect(checkNodes(asking('4', '8Gi'), [wide, deep])?.message).toBe(
      'no node has enough of everything: wide has 1Gi of 8Gi memory; deep has 1 of 4 cpu',
    );
  });

  it('says so when no node has the labels asked for', () => {
    const container = aContainer({ scheduling: { nodeSelector: { disk: 'nvme' } } });
    const violation = checkNodes(container, [small, large]);
    expect(violation?.reason).toBe('NoMatchingNode');
    expect(violation?.message).toContain('disk=nvme');
  });

  it('looks only at nodes that have the labels asked for', () => {
    const container = aContainer({
      scheduling: { nodeSelector: { disk: 'ssd' } },
      resources: { requests: { cpu: '9' } },
    });
    const huge = aNode('huge', { cpu: '64' });
    expect(checkNodes(container, [huge, large])?.message).toContain('the largest node (large) has 8');
  });

  it('says so when there is no node at all', () => {
    expect(checkNodes(aContainer(), [])?.reason).toBe('NoNodes');
  });
});

const quota = (hard: Record<string, string>, used: Record<string, string>): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'team' },
  spec: { hard },
  status: { hard, used },
});

describe('checkQuotas', () => {
  const two = { pods: 2, claims: {} };

  it('adds up all pods still to be made and tells what is left', () => {
    expect(checkQuotas(asking('600m'), two, [quota({ 'requests.cpu': '2' }, { 'requests.cpu': '1' })])).toEqual({
      reason: 'QuotaExceeded',
      message:
        'ResourceQuota team leaves 1 requests.cpu (1 of 2 used), 1200m more are needed; ask for less or raise the quota',
    });
  });

  it('does not count pods that are there again', () => {
    const none = { pods: 0, claims: {} };
    expect(checkQuotas(asking('2'), none, [quota({ 'requests.cpu': '2' }, { 'requests.cpu': '2' })])).toBeUndefined();
  });

  it('counts claims and their bytes, also by storage class', () => {
    const container = aContainer({ volumes: [{ ...dataVolume, claim: { size: '10Gi', storageClassName: 'fast' } }] });
    const byClass = 'fast.storageclass.storage.k8s.io/requests.storage';
    const one = { pods: 1, claims: { data: 1 } };
    expect(checkQuotas(container, one, [quota({ [byClass]: '5Gi' }, { [byClass]: '0' })])?.message).toContain(
      `leaves 5Gi ${byClass}`,
    );
    expect(checkQuotas(container, one, [quota({ persistentvolumeclaims: '0' }, {})])?.reason).toBe('QuotaExceeded');
  });

  it('leaves quotas with scopes to the API server, as they count other pods', () => {
    const scoped = quota({ pods: '0' }, {});
    expect(
      checkQuotas(aContainer(), two, [{ ...scoped, spec: { ...scoped.spec, scopes: ['BestEffort'] } }]),
    ).toBeUndefined();
  });
});

describe('checkLimitRanges', () => {
  const range = (limits: LimitRange['spec']['limits']): LimitRange => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'bounds' },
    spec: { limits },
  });

  it.each([
    ['a request above the most', asking('3'), { type: 'Container', max: { cpu: '2' } }, 'allows at most 2'],
    ['a request below the least', asking('50m'), { type: 'Container', min: { cpu: '100m' } }, 'allows at least 100m'],
    [
      'a claim above the most',
      aContainer({ volumes: [dataVolume] }),
      { type: 'PersistentVolumeClaim', max: { storage: '500Mi' } },
      'spec.volumes[data].claim.size asks for 1Gi storage, LimitRange bounds allows at most 500Mi',
    ],
  ])('refuses %s', (_, container, limit, message) => {
    expect(checkLimitRanges(container, [range([limit])])?.message).toContain(message);
  });

  it('lets through what lies between the bounds', () => {
    expect(
      checkLimitRanges(asking('1'), [range([{ type: 'Container', max: { cpu: '2' }, min: { cpu: '100m' } }])]),
    ).toBeUndefined();
  });
});

describe('references', () => {
  it('finds everything the spec names, once, and passes over what is optional', () => {
    const container = aContainer({
      imagePullSecrets: [{ name: 'registry' }],
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
        { name: 'C', valueFrom: { configMapKeyRef: { name: 'maybe', key: 'x', optional: true } } },
      ],
      envFrom: [{ configMapRef: { name: 'settings' } }],
      volumes: [
        { ...dataVolume, claim: { size: '1Gi', storageClassName: 'fast' } },
        { name: 'old', mountPath: '/old', existingClaim: { claimName: 'archive' } },
        { name: 'keys', mountPath: '/keys', secret: { secretName: 'keys' } },
      ],
    });
    expect(references(container).map(({ kind, name, key, field }) => [kind.kind, name, key, field])).toEqual([
      ['Secret', 'registry', undefined, 'spec.imagePullSecrets'],
      ['Secret', 'login', 'password', 'spec.env[B]'],
      ['ConfigMap', 'settings', undefined, 'spec.envFrom'],
      ['PersistentVolumeClaim', 'archive', undefined, 'spec.volumes[old].existingClaim'],
      ['Secret', 'keys', undefined, 'spec.volumes[keys].secret'],
      ['StorageClass', 'fast', undefined, 'spec.volumes[data].claim.storageClassName'],
    ]);
  });

  it('does not ask for the class of claims that are all there, which may be of another by now', () => {
    const claim = { size: '1Gi', storageClassName: 'fast' };
    const container = aContainer({ volumes: [{ ...dataVolume, claim }] });
    expect(references(container, new Set(['data']))).toEqual([]);
    expect(references(container, new Set(['other']))).toHaveLength(1);
  });
});
