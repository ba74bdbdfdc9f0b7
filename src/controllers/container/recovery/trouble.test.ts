import { describe, expect, it } from 'vitest';
import type { ContainerStatus } from '#crds/container.ts';
import type { Node, Pod } from '#runtime/client/kinds.ts';
import { aContainer, aNode, aPod, waiting } from '#test/fixtures/objects.ts';
import { type NodeState, nodeState, outOfServiceTaint } from './node-state.ts';
import { findTrouble, knownOf } from './trouble.ts';

function aPodOn(node: string, { ending = false } = {}): Pod {
  const pod = aPod(`web-on-${node}`, {});
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(ending ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: { ...pod.spec, nodeName: node },
  };
}

function look(pods: readonly Pod[], states: Readonly<Record<string, NodeState>> = {}) {
  return findTrouble({ pods, current: pods, stateOf: (name) => states[name] ?? 'Answering' });
}

const crashing = aPod('web-1', { containerStatuses: [waiting('CrashLoopBackOff', '', 3)] });

describe('the trouble with pods', () => {
  it('is a crash loop once the kubelet waits before it starts the program again', () => {
    expect(look([crashing, aPod('web-2', {})])).toMatchObject({ cause: 'CrashLoop', pods: [crashing] });
  });

  it('is none while a program crashed once, or its image cannot be pulled, for no other pod would fare better', () => {
    expect(look([aPod('web-1', { containerStatuses: [waiting('ImagePullBackOff')] }), aPod('web-2', {})])).toBe(
      undefined,
    );
  });

  it('is none on a node that is silent, until Kubernetes has told the pod to end', () => {
    expect(look([aPodOn('a')], { a: 'Silent' })).toBe(undefined);
  });

  it('is a lost node, where nothing may be done, when a pod cannot end on one that is silent', () => {
    const trouble = look([aPodOn('a', { ending: true })], { a: 'Silent' });
    expect(trouble).toMatchObject({ cause: 'NodeLost', message: 'pod web-on-a was on node a, which does not answer' });
    expect(trouble?.blocked).toContain('kubectl taint node a node.kubernetes.io/out-of-service=nodeshutdown:NoExecute');
  });

  it.each(['Gone', 'OutOfService'] as const)(
    'may be mended when the node is %s, whether or not the pod was told to end',
    (state) => {
      const trouble = look([aPodOn('a'), crashing], { a: state });
      expect(trouble).toMatchObject({ cause: 'NodeLost', pods: [{ metadata: { name: 'web-on-a' } }] });
      expect(trouble?.blocked).toBe(undefined);
    },
  );

  it('is mended for pods of a node that is gone, while those of a silent one are left alone', () => {
    const trouble = look([aPodOn('a', { ending: true }), aPodOn('b')], { a: 'Silent', b: 'Gone' });
    expect(trouble?.pods.map(({ metadata }) => metadata.name)).toEqual(['web-on-b']);
  });

  it('is none for a pod that ends on a node that answers', () => {
    expect(look([aPodOn('a', { ending: true })])).toBe(undefined);
  });
});

describe('a node', () => {
  const node = (ready: string, taints: string[] = []): Node => ({
    ...aNode('a', {}),
    spec: { taints: taints.map((key) => ({ key, effect: 'NoExecute' })) },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  });

  it.each([
    ['Gone', undefined],
    ['Answering', node('True')],
    ['Answering', aNode('a', {})],
    ['Silent', node('Unknown')],
    ['Silent', node('False', ['node.kubernetes.io/unreachable'])],
    ['OutOfService', node('Unknown', [outOfServiceTaint])],
  ] as const)('is %s', (state, of) => {
    expect(nodeState(of)).toBe(state);
  });

  it('that answers is not out of service, whatever its taints say: its kubelet ends pods itself', () => {
    expect(nodeState(node('True', [outOfServiceTaint]))).toBe('Answering');
  });
});

describe('what is known of a recovery', () => {
  const status = (observedGeneration: number): ContainerStatus => ({
    observedGeneration,
    recovery: { state: 'GaveUp', cause: 'CrashLoop', message: 'x', attempts: 3, maxAttempts: 3, detectedAt: 'then' },
    conditions: [
      { type: 'Ready', status: 'True', reason: 'Running', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  });

  it('is what the status says, and since when it says Ready', () => {
    const known = knownOf(aContainer({}, status(2)));
    expect(known).toMatchObject({ record: { state: 'GaveUp' }, readySince: new Date('2026-01-01T00:00:00Z') });
  });

  it('is forgotten when the spec has changed', () => {
    expect(knownOf(aContainer({}, status(1)))).toEqual({ record: undefined, readySince: undefined });
  });
});
