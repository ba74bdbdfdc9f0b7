/**
 * What restic is told about the repository: where it is by flags, everything secret by its environment and files, so that
 * no list of processes shows it. Source of the names: https://restic.readthedocs.io/en/stable/040_backup.html#environment-variables
 */
import { join } from 'node:path';
import { passwordFile } from '#contracts/mover/files.ts';
import type { MoverRequest } from '#contracts/mover/request.ts';
import type { StoreAccess } from '#stores/access.ts';
import type { ResticProgram } from './process.ts';

/** What a repository is opened with. */
export interface ResticSetup {
  readonly access: StoreAccess;
  readonly limits: MoverRequest['limits'];
  readonly lockWaitSeconds: number;
  /** take no locks, for they would be written; default false */
  readonly readOnly?: boolean;
  /** folder of the password's file */
  readonly key: string;
  /** writable folder, kept between runs where that is possible */
  readonly cache: string;
  /** file of `access.caBundle` */
  readonly caBundle: string;
  /** path of restic's program */
  readonly program: string;
  /** of the mover itself: proxies are passed on */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Variables by which a cluster says how to get out of it; Go reads both spellings. */
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/** How to run restic on that repository. */
export function resticProgram(setup: ResticSetup): ResticProgram {
  const { access, program } = setup;
  const { endpoint, bucket, prefix } = access.repository;
  const { accessKeyId, secretAccessKey, sessionToken } = access.credentials;
  const passedOn = proxies.flatMap((name) => {
    const value = setup.environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    program,
    flags: flags(setup),
    folder: setup.cache,
    env: {
      ...Object.fromEntries(passedOn),
      RESTIC_REPOSITORY: `s3:${endpoint.replace(/\/$/, '')}/${bucket}${prefix === '' ? '' : `/${prefix}`}`,
      RESTIC_PASSWORD_FILE: join(setup.key, passwordFile),
      RESTIC_CACHE_DIR: setup.cache,
      RESTIC_PROGRESS_FPS: '1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
      // The root file system of a mover is read-only.
      HOME: setup.cache,
      TMPDIR: setup.cache,
    },
  };
}

function flags({ access, limits, lockWaitSeconds, readOnly = false, caBundle }: ResticSetup): string[] {
  const { region, forcePathStyle, insecure } = access.repository;
  const { uploadKiBps, downloadKiBps } = limits;
  return [
    `--retry-lock=${lockWaitSeconds}s`,
    // A connection that a firewall forgot says nothing and is never closed; five minutes are restic's own patience.
    '--stuck-request-timeout=2m',
    ...(readOnly ? ['--no-lock'] : []),
    `--option=s3.bucket-lookup=${forcePathStyle ? 'path' : 'dns'}`,
    ...(region === undefined ? [] : [`--option=s3.region=${region}`]),
    ...(insecure ? ['--insecure-tls'] : []),
    ...(access.caBundle === undefined ? [] : [`--cacert=${caBundle}`]),
    ...(uploadKiBps === undefined ? [] : [`--limit-upload=${uploadKiBps}`]),
    ...(downloadKiBps === undefined ? [] : [`--limit-download=${downloadKiBps}`]),
  ];
}
