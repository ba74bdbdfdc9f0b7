/** An operator that reaches its API server only through a proxy that can do to the connection what networks do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type OperatorProcess, startOperator } from '#test/operator/process.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { Declarations } from './declarations.ts';
import { HollowCluster } from './hollow-cluster.ts';
import { kubeconfigOf } from './kubeconfig-of.ts';

export class OperatorBehindProxy implements AsyncDisposable {
  readonly cluster: HollowCluster;
  readonly proxy: FaultProxy;
  readonly operator: OperatorProcess;
  readonly declarations: Declarations;
  readonly #folder: string;

  private constructor(
    cluster: HollowCluster,
    proxy: FaultProxy,
    operator: OperatorProcess,
    declarations: Declarations,
    folder: string,
  ) {
    this.cluster = cluster;
    this.proxy = proxy;
    this.operator = operator;
    this.declarations = declarations;
    this.#folder = folder;
  }

  /** Resolves when the operator is ready and drives five Containers, `c-0` to `c-4`. */
  static async start(): Promise<OperatorBehindProxy> {
    const cluster = await HollowCluster.start();
    const proxy = await FaultProxy.start(cluster.kubeconfigPath);
    const folder = await mkdtemp(join(tmpdir(), 'dokkerr-proxy-'));
    const kubeconfigPath = join(folder, 'kubeconfig');
    await writeFile(kubeconfigPath, stringify(kubeconfigOf(proxy.url)));
    const declarations = await Declarations.in(cluster, 'proxy');
    const operator = await startOperator({ kubeconfigPath });
    const started = new OperatorBehindProxy(cluster, proxy, operator, declarations, folder);
    for (let index = 0; index < 5; index++) await started.declare(`c-${index}`, 'first');
    await declarations.hold();
    return started;
  }

  /** A Container that is told from its earlier self by the word. */
  declare(name: string, edit: string): Promise<void> {
    return this.declarations.declare(name, {
      image: 'localhost/notes:1.0',
      env: [{ name: 'EDIT', value: edit }],
      ports: [{ name: 'http', containerPort: 8080 }],
    });
  }

  /** As a kubelet asks before it would restart the operator. */
  async isAlive(): Promise<boolean> {
    return (await fetch(`${this.operator.url}/healthz`)).ok;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.operator.stop();
    await this.proxy[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}
