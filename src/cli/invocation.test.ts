import { describe, expect, it } from 'vitest';
import { invokedAs } from './invocation.ts';

describe('the program', () => {
  it('knows by the name of its file whether kubectl runs it', () => {
    expect(invokedAs('/usr/local/bin/dokkerr')).toEqual({ name: 'dokkerr', isCompletion: false });
    expect(invokedAs('/usr/local/bin/kubectl-dokkerr')).toEqual({ name: 'kubectl dokkerr', isCompletion: false });
    expect(invokedAs('/usr/local/bin/kubectl_complete-dokkerr').isCompletion).toBe(true);
    expect(invokedAs('/clone/src/main.ts').name).toBe('dokkerr');
  });
});
