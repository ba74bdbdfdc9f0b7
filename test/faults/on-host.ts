/** Backups into an object store on this host, which pods reach and so does an operator that runs here. */
import { inject } from 'vitest';
import { attachCluster } from '#cluster/local.ts';
import { startMinio } from '#test/fixtures/minio.ts';
import { Backups } from '../e2e/backups.ts';

export interface BackupsOnHost extends AsyncDisposable {
  readonly backups: Backups;
}

/** Resolves once the default BackupStore is Ready. @param purpose of the namespace */
export async function openOnHost(purpose: string): Promise<BackupsOnHost> {
  const { hostIP } = await attachCluster(inject('cluster'));
  if (hostIP === undefined) throw new Error('pods reach no server of this host');
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startMinio({ address: hostIP }));
  const backups = stack.use(await Backups.openOver(server, purpose));
  const kept = stack.move();
  return { backups, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
