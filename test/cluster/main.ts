import { createCluster } from './cluster.ts';

const t = performance.now();
const log = (l: string) => console.log(((performance.now() - t) / 1000).toFixed(2), l);
if (process.argv[2] === 'reap') {
  const { reap } = await import('./reap.ts');
  await reap(log);
  process.exit(0);
}
const c = await createCluster({ owner: 'detached', onProgress: log, name: 'one', storage: false });
log(c.kubeconfigPath);
