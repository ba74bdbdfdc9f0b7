/** Reads what is mounted from Secrets. Nothing of it leaves the mover but in the engine's environment. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '#contracts/mover/failure.ts';
import { credentialFiles, type MoverFiles, passwordFile } from '#contracts/mover/files.ts';
import type { MoverRepository } from '#contracts/mover/request.ts';
import type { StoreAccess } from '#stores/access.ts';

/** @throws RunFailure that names the key of the Secret which is missing or empty */
export async function readAccess(repository: MoverRepository, files: MoverFiles): Promise<StoreAccess> {
  const read = (name: string) => readText(join(files.credentials, name));
  const [accessKeyId, secretAccessKey, sessionToken, caBundle] = await Promise.all([
    read(credentialFiles.accessKeyId),
    read(credentialFiles.secretAccessKey),
    read(credentialFiles.sessionToken),
    readText(files.caBundle),
  ]);
  if (accessKeyId === undefined) throw absent('AuthFailed', credentialFiles.accessKeyId, 'credentials');
  if (secretAccessKey === undefined) throw absent('AuthFailed', credentialFiles.secretAccessKey, 'credentials');
  return {
    repository,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    ...(caBundle === undefined ? {} : { caBundle }),
  };
}

/** The engine reads the password itself, and would only say that it is not allowed. */
export async function requirePassword(folder: string): Promise<void> {
  if ((await readText(join(folder, passwordFile))) === undefined) throw absent('WrongKey', passwordFile, 'key');
}

/** Without the line end that an editor puts there; undefined when it is empty or not there. */
async function readText(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function absent(failureClass: 'AuthFailed' | 'WrongKey', key: string, secret: string): RunFailure {
  return new RunFailure(failureClass, `the Secret of the ${secret} has no ${key}, or an empty one: write it there`);
}
