/** The mounts of a mover pod as folders of a test. */
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credentialFiles, type MoverFiles, passwordFile } from '#contracts/mover/files.ts';
import type { StoreCredentials } from '#stores/access.ts';

/** The same mounts below `folder`. */
export function filesBelow(folder: string): MoverFiles {
  return {
    credentials: join(folder, 'credentials'),
    key: join(folder, 'key'),
    newKey: join(folder, 'new-key'),
    caBundle: join(folder, 'ca/ca.crt'),
    cache: join(folder, 'cache'),
    data: join(folder, 'data'),
    source: join(folder, 'source'),
    result: join(folder, 'termination-log'),
  };
}

/** What is mounted. */
export interface Mounted {
  readonly credentials: StoreCredentials;
  readonly password: string;
  readonly newPassword?: string;
  readonly caBundle?: string;
}

/** Lays them out in a folder of their own below `parent`, readable for any user as a pod's are; resolves to that folder. */
export async function layOutMounts(parent: string, mounted: Mounted): Promise<string> {
  const folder = await mkdtemp(join(parent, 'mover-'));
  await chmod(folder, 0o755);
  const files = filesBelow(folder);
  for (const path of [files.credentials, files.key, files.newKey, join(folder, 'ca'), files.cache, files.data]) {
    await mkdir(path);
  }
  await chmod(files.cache, 0o777);
  const { accessKeyId, secretAccessKey, sessionToken } = mounted.credentials;
  await writeFile(join(files.credentials, credentialFiles.accessKeyId), accessKeyId);
  await writeFile(join(files.credentials, credentialFiles.secretAccessKey), secretAccessKey);
  if (sessionToken !== undefined) await writeFile(join(files.credentials, credentialFiles.sessionToken), sessionToken);
  await writeFile(join(files.key, passwordFile), mounted.password);
  if (mounted.newPassword !== undefined) await writeFile(join(files.newKey, passwordFile), mounted.newPassword);
  if (mounted.caBundle !== undefined) await writeFile(files.caBundle, mounted.caBundle);
  await writeFile(files.result, '');
  await chmod(files.result, 0o666);
  return folder;
}
