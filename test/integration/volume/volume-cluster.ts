/** etcd and kube-apiserver with Kubernetes' own controllers of volumes and claims, and no storage behind them. */
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { startControlPlane } from '#cluster/control-plane.ts';
import { boundLauncher, Processes } from '#cluster/processes.ts';

const controllers = [
  'persistentvolume-binder-controller',
  'persistentvolumeclaim-protection-controller',
  'persistentvolume-protection-controller',
];

export interface VolumeCluster extends AsyncDisposable {
  readonly kubeconfigPath: string;
}

export async function startVolumeCluster(): Promise<VolumeCluster> {
  const controlPlane = await startControlPlane();
  const { kubeconfigPath, dir } = controlPlane;
  const name = 'kube-controller-manager';
  const processes = new Processes(dir, boundLauncher);
  const down = async () => {
    if (await processes.find(name)) await processes.stop(name, 'SIGKILL');
    await controlPlane.down();
  };
  try {
    const programs = await ensureBinaries([name], { onProgress: () => undefined });
    await processes.start({
      name,
      binary: programs[name],
      args: [
        `--kubeconfig=${kubeconfigPath}`,
        '--leader-elect=false',
        '--secure-port=0',
        `--controllers=${controllers.join(',')}`,
      ],
    });
    return { kubeconfigPath, [Symbol.asyncDispose]: down };
  } catch (error) {
    await down();
    throw error;
  }
}
