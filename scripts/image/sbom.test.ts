import { expect, it } from 'vitest';
import { imageSbom, type Sbom } from './sbom.ts';

const npm: Sbom = {
  serialNumber: 'urn:uuid:00000000-0000-4000-8000-000000000000',
  metadata: { timestamp: '2001-01-01T00:00:00.000Z', component: { name: 'some-folder' } },
  components: [{ 'bom-ref': 'zod@4.0.0', type: 'library', name: 'zod', version: '4.0.0', purl: 'pkg:npm/zod@4.0.0' }],
};
const subject = {
  digest: '0123456789abcdef'.repeat(4),
  committedAt: '2026-02-03T04:05:06+02:00',
  nodeVersion: '26.1.0',
  resticVersion: 'v0.19.0',
  packages: [{ name: 'libstdc++6', version: '12.2.0-14+deb12u1', architecture: 'amd64' }],
};

it('lists npm packages, Node, restic and Debian packages under the names that scanners look for', () => {
  expect(imageSbom(npm, subject).components.map(({ purl }) => purl)).toEqual([
    'pkg:npm/zod@4.0.0',
    'pkg:generic/node@26.1.0',
    'pkg:golang/github.com/restic/restic@v0.19.0',
    'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64',
  ]);
});

it('takes number, time and name from the image, so that the same image has the same bill', () => {
  const { serialNumber, metadata } = imageSbom(npm, subject);
  expect(serialNumber).toBe('urn:uuid:01234567-89ab-8def-8123-456789abcdef');
  expect(metadata).toEqual({ timestamp: '2026-02-03T02:05:06.000Z', component: { name: 'dokkerr' } });
});

it('says no time where no commit is known', () => {
  const { committedAt: _none, ...unknown } = subject;
  expect(imageSbom(npm, unknown).metadata).toEqual({ component: { name: 'dokkerr' } });
});
