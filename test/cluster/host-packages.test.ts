import { expect, it } from 'vitest';
import { missingPackages, systemPath } from './host-packages.ts';

it('names the package of each missing program once', async () => {
  const programs = { sh: 'dash', 'no-such-program': 'alpha', 'no-such-tool': 'alpha', 'nor-this': 'beta' };
  expect(await missingPackages(systemPath('/usr/bin:/bin'), programs)).toEqual(['alpha', 'beta']);
});

it('adds the folders of system programs to a PATH that lacks them, behind its own', () => {
  expect(systemPath('/usr/sbin:/usr/bin')).toBe('/usr/sbin:/usr/bin:/usr/local/sbin:/sbin');
});
