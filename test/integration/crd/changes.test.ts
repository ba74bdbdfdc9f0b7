/** What may change in a Container that is there, and what the API server says to the rest. */
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { claim, container, Kubectl, type Spec, volume } from './kubectl.ts';

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  return () => kubectl[Symbol.asyncDispose]();
});

describe('a change', () => {
  const full = { size: '10Gi', storageClassName: 'fast', accessModes: ['ReadWriteOnce'] };
  test.each<[string, Spec, Spec, string | undefined]>([
    [
      'that shrinks a claim is refused',
      claim({}),
      claim({ size: '9.9Gi' }),
      'a claim cannot shrink: write the old size or a larger one',
    ],
    [
      'that shrinks a claim in other units is refused',
      claim({ size: '1Gi' }),
      claim({ size: '1G' }),
      'a claim cannot shrink',
    ],
    ['that grows a claim is taken', claim({}), claim({ size: '11Gi' }), undefined],
    ['that writes the same size otherwise is taken', claim({ size: '1Gi' }), claim({ size: '1024Mi' }), undefined],
    [
      'of a storage class is refused',
      claim(full),
      claim({ ...full, storageClassName: 'slow' }),
      'storageClassName cannot change',
    ],
    [
      'that declares a storage class later is refused',
      claim({}),
      claim({ storageClassName: 'slow' }),
      'storageClassName cannot change',
    ],
    [
      'of access modes is refused',
      claim(full),
      claim({ ...full, accessModes: ['ReadWriteMany'] }),
      'accessModes cannot change',
    ],
    ['of the deletion policy is taken', claim({}), claim({ deletionPolicy: 'Delete' }), undefined],
    [
      'of the kind of source is refused',
      claim({}),
      { volumes: [volume({ emptyDir: {} })] },
      'the kind of source of a volume cannot change',
    ],
    [
      'of the source of a claim is refused',
      { volumes: [volume({ claim: { size: '1Gi' }, source: { restoreRef: { name: 'a' } } })] },
      { volumes: [volume({ claim: { size: '1Gi' }, source: { restoreRef: { name: 'b' } } })] },
      'source is read once',
    ],
    [
      'that drops the source of a claim is taken',
      { volumes: [volume({ claim: { size: '1Gi' }, source: { restoreRef: { name: 'a' } } })] },
      { volumes: [volume({ claim: { size: '1Gi' } })] },
      undefined,
    ],
    ['that removes a volume is taken', claim({}), { volumes: [] }, undefined],
    [
      'that puts another volume before a claim is taken',
      claim({}),
      { volumes: [volume({ name: 'a', mountPath: '/a', emptyDir: {} }), volume({ claim: { size: '10Gi' } })] },
      undefined,
    ],
  ])('%s', async (_, before, after, message) => {
    const old = container(before);
    await kubectl.apply(old);
    const said = await kubectl.refusal({ ...old, spec: container(after).spec });
    if (message === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(message);
  });
});
