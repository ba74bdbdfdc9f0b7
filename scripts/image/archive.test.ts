import { expect, it } from 'vitest';
import { withNames } from './archive.ts';

const image = { digest: 'sha256:0123', size: 7 };

it('lists one image under every name, as containerd and as other tools read it', () => {
  const { manifests } = withNames({ manifests: [image] }, ['localhost/dokkerr:1.0', 'localhost/dokkerr:1.0-abc']);
  expect(manifests).toEqual([
    {
      ...image,
      annotations: {
        'io.containerd.image.name': 'localhost/dokkerr:1.0',
        'org.opencontainers.image.ref.name': '1.0',
      },
    },
    {
      ...image,
      annotations: {
        'io.containerd.image.name': 'localhost/dokkerr:1.0-abc',
        'org.opencontainers.image.ref.name': '1.0-abc',
      },
    },
  ]);
});

it.each([0, 2])('refuses a layout with %i images', (count) => {
  expect(() => withNames({ manifests: Array.from({ length: count }, () => image) }, ['a:b'])).toThrow('one image');
});
