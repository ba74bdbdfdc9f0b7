import { expect, it } from 'vitest';
import { installedPackages } from './dpkg.ts';

const status = `Package: tzdata
Status: install ok installed
Architecture: all
Version: 2026a-0+deb12u1
Description: time zone and daylight-saving time data
 Package: is no field in a continued line

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u14
`;

it('lists installed packages by name and leaves out what was removed but for its configuration', () => {
  expect(installedPackages(status)).toEqual([
    { name: 'libc6', version: '2.36-9+deb12u14', architecture: 'amd64' },
    { name: 'tzdata', version: '2026a-0+deb12u1', architecture: 'all' },
  ]);
});
