import { expect, it } from 'vitest';
import { resticProgram } from './environment.ts';

const setup = {
  access: {
    repository: {
      endpoint: 'https://store.example:9000/',
      bucket: 'backups',
      prefix: 'team/one',
      forcePathStyle: true,
      insecure: false,
    },
    credentials: { accessKeyId: 'the-user', secretAccessKey: 'the-secret' },
    caBundle: 'certificates',
  },
  limits: { uploadKiBps: 512 },
  lockWaitSeconds: 60,
  key: '/key',
  cache: '/cache',
  caBundle: '/ca/ca.crt',
  program: '/restic',
  environment: { HTTPS_PROXY: 'http://proxy:3128', RESTIC_PASSWORD: 'from outside' },
};

it('keeps everything secret out of the arguments, which any process may read', () => {
  const { flags, env } = resticProgram(setup);
  expect(flags.join(' ')).not.toMatch(/the-user|the-secret/);
  expect(env).toMatchObject({ AWS_ACCESS_KEY_ID: 'the-user', AWS_SECRET_ACCESS_KEY: 'the-secret' });
  expect(env.RESTIC_PASSWORD_FILE).toBe('/key/password');
});

it('says where the repository is and how to get there', () => {
  const { flags, env } = resticProgram(setup);
  expect(env.RESTIC_REPOSITORY).toBe('s3:https://store.example:9000/backups/team/one');
  expect(flags).toEqual(
    expect.arrayContaining(['--option=s3.bucket-lookup=path', '--cacert=/ca/ca.crt', '--limit-upload=512']),
  );
});

it('passes on the proxy and nothing else of its own environment', () => {
  const { env } = resticProgram(setup);
  expect(env.HTTPS_PROXY).toBe('http://proxy:3128');
  expect(env.RESTIC_PASSWORD).toBeUndefined();
});

it('takes locks, but in a store that may only be read', () => {
  expect(resticProgram(setup).flags).not.toContain('--no-lock');
  expect(resticProgram({ ...setup, readOnly: true }).flags).toContain('--no-lock');
});
