/** The real kubectl against the shared API server: what users run is what these tests run. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { CommandError, run } from '#cluster/command.ts';
import type { ContainerSpecInput } from '#crds/container.ts';
import { installKinds } from '#test/operator/install.ts';

/** The spec of a Container as a user writes it, right or wrong. */
export type Spec = Record<string, unknown>;

export class Kubectl implements AsyncDisposable {
  readonly #binary: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #cache: string;
  readonly namespace: string;

  private constructor(binary: string, kubeconfig: string, cache: string, namespace: string) {
    this.#binary = binary;
    this.#cache = cache;
    this.#env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: cache };
    this.namespace = namespace;
  }

  /** kubectl in a namespace of its own, with the CRDs of `config/crd` established. */
  static async start(kubeconfig: string): Promise<Kubectl> {
    const { kubectl } = await ensureBinaries(['kubectl'], { onProgress: console.log });
    const cache = await mkdtemp(join(tmpdir(), 'dokkerr-kubectl-'));
    const started = new Kubectl(kubectl, kubeconfig, cache, `crd-${randomUUID().slice(0, 8)}`);
    await installKinds((args) => started.run(args));
    await started.run(['create', 'namespace', started.namespace]);
    return started;
  }

  /** Standard output. @throws CommandError */
  run(args: readonly string[], input?: object): Promise<string> {
    return run(this.#binary, args, {
      env: this.#env,
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    });
  }

  /** As `run`, within the namespace. */
  inNamespace(args: readonly string[], input?: object): Promise<string> {
    return this.run([...args, '--namespace', this.namespace], input);
  }

  /** The object as the API server returns it. */
  async apply<T>(object: object, ...flags: readonly string[]): Promise<T> {
    return JSON.parse(await this.inNamespace(['apply', '-f', '-', '-o', 'json', ...flags], object)) as T;
  }

  /** What kubectl says when the API server refuses, or `undefined` when it does not. Nothing is stored either way. */
  async refusal(object: object): Promise<string | undefined> {
    try {
      await this.apply(object, '--dry-run=server');
      return undefined;
    } catch (error) {
      if (error instanceof CommandError) return error.stderr;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(['delete', 'namespace', this.namespace, '--wait=false']);
    await rm(this.#cache, { recursive: true });
  }
}

/** A Container with an image, a port, and whatever else is given. */
export function container(spec: Spec, name = `c-${randomUUID().slice(0, 8)}`) {
  const base: ContainerSpecInput = {
    image: 'localhost/notes:1.0',
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  return { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Container', metadata: { name }, spec: { ...base, ...spec } };
}

/** A volume at /data, of the kind and with the changes given. */
export function volume(changes: Spec): Spec {
  return { name: 'data', mountPath: '/data', ...changes };
}

/** The spec of a Container with one claim. */
export function claim(changes: Spec): Spec {
  return { volumes: [volume({ claim: { size: '10Gi', ...changes } })] };
}
