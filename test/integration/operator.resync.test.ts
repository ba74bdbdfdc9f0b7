/** What the operator does when there is nothing to do, and when there is more to do than it can follow. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { containerController } from '#controllers/container/controller.ts';
import type { ContainerSpecInput } from '#crds/container.ts';
import { Deployment } from '#runtime/client/kinds.ts';
import { keyOf } from '#runtime/client/types.ts';
import { defineController } from '#runtime/controller/controller.ts';
import { auditedWrites } from './controller/audit.ts';
import { type RunningOperator, runOperator } from './controller/operator.ts';
import { Declarations } from './operator/declarations.ts';
import { HollowCluster } from './operator/hollow-cluster.ts';

let cluster: HollowCluster;
beforeAll(async () => {
  cluster = await HollowCluster.start();
});
afterAll(() => cluster[Symbol.asyncDispose]());

describe('an operator with 500 Ready Containers', () => {
  const specs = new Map<string, ContainerSpecInput>(
    Array.from({ length: 500 }, (_, index) => [
      `c-${index}`,
      {
        image: 'localhost/notes:1.0',
        replicas: index % 10 === 0 ? 2 : 1,
        suspend: index % 10 === 9,
        env: [{ name: 'INDEX', value: String(index) }],
        resources: { requests: { cpu: 1, memory: '0.5Gi' } },
        ports: [{ name: 'http', containerPort: 8080 }],
        network: { isolate: index % 2 === 0 },
      },
    ]),
  );
  beforeAll(async () => {
    const declarations = await Declarations.in(cluster, 'resync');
    for (const [name, spec] of specs) await declarations.declare(name, spec);
    await using _operator = await runOperator(cluster.kubeconfigPath, containerController, { userAgent: 'first' });
    await declarations.hold();
  }, 500_000);

  test('writes nothing when it is started again, and nothing when all are gone through once more', async () => {
    await using operator = await runOperator(cluster.kubeconfigPath, containerController, { userAgent: 'second' });
    await passes(operator, specs.size);
    operator.controller.resync();
    await passes(operator, 2 * specs.size);
    const writes = await auditedWrites(cluster.controlPlane.auditLogPath, { userAgent: 'second' });
    expect(writes).toEqual([]);
    // The log shows what is written, or the line above would prove nothing.
    expect((await auditedWrites(cluster.controlPlane.auditLogPath, { userAgent: 'first' })).length).toBeGreaterThan(
      specs.size,
    );
  });
});

describe('edits in quick succession', () => {
  test('end with the last one, and no Container is ever in two passes at once', async () => {
    const declarations = await Declarations.in(cluster, 'edits');
    const running = new Map<string, number>();
    const together: string[] = [];
    const counted = defineController({
      ...containerController,
      scope: (pass) => {
        const key = keyOf(pass.key);
        const now = (running.get(key) ?? 0) + 1;
        if (now > 1) together.push(key);
        running.set(key, now);
        return containerController.scope(pass);
      },
      status: (scope, walk) => {
        const key = keyOf(scope.pass.key);
        running.set(key, (running.get(key) ?? 0) - 1);
        return containerController.status(scope, walk);
      },
    });
    await using _operator = await runOperator(cluster.kubeconfigPath, counted, { userAgent: 'counted' });
    const names = Array.from({ length: 10 }, (_, index) => `quick-${index}`);
    for (let turn = 0; turn < 20; turn++) {
      const env = [{ name: 'TURN', value: String(turn) }];
      const spec: ContainerSpecInput = {
        image: 'localhost/notes:1.0',
        env,
        ports: [{ name: 'http', containerPort: 8080 }],
      };
      await Promise.all(names.map((name) => declarations.declare(name, spec)));
    }
    await declarations.hold();
    expect(together).toEqual([]);
    const turns = cluster.cache
      .informer(Deployment)
      .list(declarations.namespace)
      .map(({ spec }) => spec.template.spec?.containers[0]?.env?.[0]?.value);
    expect(new Set(turns)).toEqual(new Set(['19']));
  });
});

/** Resolves once the controller has gone through that many passes and has nothing left to do. */
async function passes({ controller, metrics }: RunningOperator, count: number): Promise<void> {
  await waitUntil(
    `${count} passes`,
    async () => {
      const done = await metrics.registry.getSingleMetric('controller_runtime_reconcile_total')?.get();
      const total = (done?.values ?? []).reduce((sum, { value }) => sum + value, 0);
      const { depth, held } = controller.queue;
      return total >= count && depth === 0 && held === 0;
    },
    { timeoutMs: 120_000 },
  );
}
