/**
 * A node that can be lost: an object of the API server with nobody behind it but the test, which says what its kubelet would
 * say. Everything else, from the scheduler to the workload controllers, takes it for any other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '#cluster/wait.ts';
import type { ContainerSpecInput } from '#crds/container.ts';
import { Node, Pod } from '#runtime/client/kinds.ts';
import type { Sandbox } from './sandbox.ts';

/** Milliseconds; a node that says nothing for 50 s is given up (`--node-monitor-grace-period`). */
const heartbeatMs = 10_000;

/** Keeps everybody else's pods away. */
const taint = { key: 'test.dokkerr.io/failing', value: 'true', effect: 'NoSchedule' };

export class FailingNode implements AsyncDisposable {
  readonly name: string;
  readonly #sandbox: Sandbox;
  /** resolves once it says nothing any more */
  #heartbeats: Promise<void> = Promise.resolve();
  readonly #silence = new AbortController();

  private constructor(sandbox: Sandbox, name: string) {
    this.#sandbox = sandbox;
    this.name = name;
  }

  /** Resolves when the scheduler may use it. */
  static async join(sandbox: Sandbox, name: string): Promise<FailingNode> {
    const metadata = { name, labels: { 'kubernetes.io/hostname': name } };
    await sandbox.client.create(Node, { apiVersion: 'v1', kind: 'Node', metadata, spec: { taints: [taint] } });
    const node = new FailingNode(sandbox, name);
    const room = { cpu: '1', memory: '1Gi', pods: '10' };
    await node.#says('True', { capacity: room, allocatable: room });
    node.#heartbeats = node.#goOn();
    // A new node is barred until the node controller has heard of it; a pod that comes before goes elsewhere, and stays there.
    await waitUntil(`node ${name} can be used`, () => node.#isOpen(), { timeoutMs: 60_000 });
    return node;
  }

  async #isOpen(): Promise<boolean> {
    const found = await this.#sandbox.client.get(Node, { name: this.name });
    return found?.spec.taints?.length === 1;
  }

  /** However long it takes until a pod comes, the node is there. */
  async #goOn(): Promise<void> {
    const { signal } = this.#silence;
    for (;;) {
      await sleep(heartbeatMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#says('True');
    }
  }

  async #fallSilent(): Promise<void> {
    this.#silence.abort();
    await this.#heartbeats;
  }

  /** Makes pods prefer this node, as long as it can be used. */
  get scheduling(): NonNullable<ContainerSpecInput['scheduling']> {
    const expression = { key: 'kubernetes.io/hostname', operator: 'In' as const, values: [this.name] };
    const preference = { weight: 100, preference: { matchExpressions: [expression] } };
    return {
      tolerations: [{ key: taint.key, operator: 'Exists', effect: 'NoSchedule' }],
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preference] } },
    };
  }

  /** Says that the pod runs and is ready. */
  runs(pod: Pod): Promise<void> {
    return this.#saysOf(pod, 'True');
  }

  /** What the node controller concludes from the silence of a kubelet, which takes it 50 s: nobody knows how the node is. */
  async fallSilent(pod: Pod): Promise<void> {
    await this.#fallSilent();
    await this.#says('Unknown');
    await this.#saysOf(pod, 'False');
  }

  async taintOutOfService(): Promise<void> {
    const outOfService = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
    const { client } = this.#sandbox;
    const now = await client.get(Node, { name: this.name });
    const taints = [...(now?.spec.taints ?? []), outOfService];
    await client.patch(Node, { name: this.name }, { spec: { taints } });
  }

  async remove(): Promise<void> {
    await this.#sandbox.client.delete(Node, { name: this.name });
  }

  async #says(status: string, more: object = {}): Promise<void> {
    const now = new Date().toISOString();
    const about = { type: 'Ready', status, reason: 'Test', lastHeartbeatTime: now, lastTransitionTime: now };
    const patch = { status: { ...more, conditions: [about] } };
    await this.#sandbox.client.patch(Node, { name: this.name }, patch, { subresource: 'status' });
  }

  async #saysOf({ metadata }: Pod, ready: string): Promise<void> {
    const conditions = ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: type.endsWith('Ready') ? ready : 'True',
    }));
    const patch = { status: { phase: 'Running', conditions } };
    await this.#sandbox.client.patch(Pod, metadata, patch, { subresource: 'status' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fallSilent();
    await this.remove();
  }
}
