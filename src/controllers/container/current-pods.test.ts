import { describe, expect, it } from 'vitest';
import type { Pod } from '#runtime/client/kinds.ts';
import { aContainer, aPod, dataVolume } from '#test/fixtures/objects.ts';
import { aScope, aStatefulSet } from '#test/fixtures/scope.ts';
import { podsWithoutVolume } from './current-pods.ts';

/** A pod that mounts the claims of these volumes. */
function mounting(name: string, volumes: readonly string[], isReady = true): Pod {
  const pod = aPod(name, { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] });
  return {
    ...pod,
    spec: {
      ...pod.spec,
      volumes: volumes.map((volume) => ({ name: volume, persistentVolumeClaim: { claimName: `${volume}-${name}` } })),
    },
  };
}

const added = { name: 'added', mountPath: '/added', claim: { size: '1Gi' } };

function namesOf(pods: readonly Pod[], spec: Parameters<typeof aContainer>[0] = {}): string[] {
  const container = aContainer({ replicas: 2, volumes: [dataVolume, added], ...spec });
  const scope = aScope(container, { statefulSet: aStatefulSet(2), pods });
  return podsWithoutVolume(scope).map(({ metadata }) => metadata.name);
}

describe('a pod that lacks an added volume', () => {
  it('is replaced first when its ordinal is the lowest', () => {
    expect(namesOf([mounting('web-1', ['data']), mounting('web-0', ['data'])])).toEqual(['web-0']);
  });

  it('waits until the one before it is ready again', () => {
    expect(namesOf([mounting('web-0', ['data', 'added'], false), mounting('web-1', ['data'])])).toEqual([]);
    expect(namesOf([mounting('web-1', ['data'])])).toEqual([]);
    expect(namesOf([mounting('web-0', ['data', 'added']), mounting('web-1', ['data'])])).toEqual(['web-1']);
  });

  it('is replaced at once when it serves nobody anyway', () => {
    expect(namesOf([mounting('web-0', ['data'], false), mounting('web-1', ['data'])])).toEqual(['web-0']);
  });

  it('goes together with all others when the strategy is Recreate', () => {
    const pods = [mounting('web-0', ['data']), mounting('web-1', ['data'])];
    expect(namesOf(pods, { update: { strategy: 'Recreate' } })).toEqual(['web-0', 'web-1']);
  });

  it('is not looked for among those that are going already', () => {
    const going = mounting('web-0', ['data']);
    going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(namesOf([going, mounting('web-1', ['data', 'added'])])).toEqual([]);
  });
});
