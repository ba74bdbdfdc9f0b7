// A control plane without a node: etcd and kube-apiserver on a loopback address, for tests and benches of clients.
// Needs neither root nor namespaces. Both programs die with the process that started them, however that ends.
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiServerOptions, apiServerProcess, auditLogPath, writeApiServerFiles } from './apiserver.ts';
import { ensureBinaries } from './binaries/ensure.ts';
import type { OnProgress, ProcessSpec } from './context.ts';
import { compact, etcdProcess } from './etcd.ts';
import { onInterrupt } from './interrupt.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { createPki } from './pki.ts';
import { boundLauncher, Processes } from './processes.ts';

export interface ControlPlaneOptions {
  /** Folder of its files. Default: one of its own in the system's temporary folder. Removed by `down()` either way. */
  readonly dir?: string;
  readonly onProgress?: OnProgress;
  /** An audit.k8s.io/v1 Policy in place of the default one, which logs all requests at level Metadata. */
  readonly auditPolicy?: object;
  /** Added to kube-apiserver's arguments; they win over ours of the same name. */
  readonly extraArgs?: readonly string[];
}

/** A running control plane. */
export interface ControlPlane extends AsyncDisposable {
  /** Of an administrator (group `system:masters`) with a client certificate. */
  readonly kubeconfigPath: string;
  /** `https://address:port` */
  readonly server: string;
  /** Certificate of the authority that signed the server's, PEM. */
  readonly caFile: string;
  /** Bearer token of the same administrator. */
  readonly token: string;
  /** JSON lines, audit.k8s.io/v1 Event. */
  readonly auditLogPath: string;
  readonly dir: string;
  /** Ends kube-apiserver; SIGKILL leaves its clients with connections that are reset. */
  stopApiServer(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again at the same address and resolves when it is ready. */
  startApiServer(): Promise<void>;
  /** Makes etcd forget what was before the revision (a `resourceVersion`); older watches then end with 410 Gone. */
  compact(revision: number | string): Promise<void>;
  /** Stops kube-apiserver's clock (SIGSTOP): connections stay open and fall silent. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  down(): Promise<void>;
}

const port = 6443;

/**
 * An address of 127.0.0.0/8 where the port is free. Every control plane takes an address of its own rather than a port,
 * because a free port may be gone again as some connection's source before kube-apiserver binds it.
 */
async function freeLoopbackAddress(): Promise<string> {
  for (;;) {
    const address = `127.${randomInt(64, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, address, () => resolve(true));
    });
    if (free) {
      await new Promise((resolve) => server.close(resolve));
      return address;
    }
  }
}

/** Removes the folder when this process ends without having done so. */
function removeWithOwner(dir: string): () => void {
  const script = `tail --pid=${process.pid} -s 0.2 -f /dev/null; rm -rf -- "$1"`;
  const child = spawn('sh', ['-c', script, 'undertaker', dir], { stdio: 'ignore', detached: true });
  child.unref();
  const { pid } = child;
  return () => {
    if (pid !== undefined && child.exitCode === null) process.kill(-pid, 'SIGKILL');
  };
}

type LoopbackOptions = Omit<ApiServerOptions, 'bindAddress' | 'port' | 'advertiseAddress' | 'serviceCIDR'>;

function loopbackApiServer(options: LoopbackOptions, address: string): ProcessSpec {
  const { extraArgs = [], ...rest } = options;
  return apiServerProcess({
    ...rest,
    bindAddress: address,
    port,
    advertiseAddress: address,
    serviceCIDR: '10.0.0.0/24',
    // The Service `kubernetes` would get this address as its endpoint, and the API refuses a loopback address there.
    extraArgs: ['--endpoint-reconciler-type=none', ...extraArgs],
  });
}

/** Starts etcd and kube-apiserver; resolves when requests are served. The binaries come from the cache or are built. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { onProgress = () => undefined } = options;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'dokkerr-control-plane-')));
  await mkdir(join(dir, 'log'), { recursive: true });
  const dismissUndertaker = removeWithOwner(dir);
  const processes = new Processes(dir, boundLauncher, onProgress);
  const down = async () => {
    forget();
    for (const name of ['kube-apiserver', 'etcd'])
      if (await processes.find(name)) await processes.stop(name, 'SIGKILL');
    dismissUndertaker();
    await rm(dir, { recursive: true, force: true });
  };
  const forget = onInterrupt(down);
  try {
    const token = randomBytes(16).toString('hex');
    const [address, etcdBinary, apiBinary] = await Promise.all([
      freeLoopbackAddress(),
      ensureBinaries(['etcd'], { onProgress }),
      ensureBinaries(['kube-apiserver'], { onProgress }),
    ]);
    const etcd = processes.start(etcdProcess(etcdBinary.etcd, dir));
    const [pki] = await Promise.all([
      createPki(join(dir, 'pki'), 'none', [address]),
      writeApiServerFiles(dir, token, options.auditPolicy),
      // Awaited with the rest, so that a failure of etcd is not left unheard.
      etcd,
    ]);
    const { extraArgs = [] } = options;
    const spec = loopbackApiServer({ binary: apiBinary['kube-apiserver'], dir, pki, extraArgs }, address);
    const server = `https://${address}:${port}`;
    const user = { userName: 'kubernetes-admin', pair: pki.admin };
    const [kubeconfigPath] = await Promise.all([
      writeKubeconfig(join(dir, 'kubeconfig'), { clusterName: 'control-plane', server, caFile: pki.ca.cert }, user),
      processes.start(spec),
    ]);
    return {
      kubeconfigPath,
      server,
      caFile: pki.ca.cert,
      token,
      auditLogPath: auditLogPath(dir),
      dir,
      stopApiServer: (signal) => processes.stop('kube-apiserver', signal),
      startApiServer: () => processes.start(spec),
      compact: (revision) => compact(dir, revision),
      pause: () => processes.pause('kube-apiserver'),
      resume: async () => void (await processes.signal('kube-apiserver', 'SIGCONT')),
      down,
      [Symbol.asyncDispose]: down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}
