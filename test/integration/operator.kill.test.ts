/** The operator killed again and again at any moment, while its objects come, change and go. */
import { afterAll, beforeAll, test } from 'vitest';
import type { ContainerSpecInput } from '#crds/container.ts';
import { startOperator } from '#test/operator/process.ts';
import { Declarations } from './operator/declarations.ts';
import { HollowCluster } from './operator/hollow-cluster.ts';
import { createRandom, type Random } from './operator/random.ts';

const kills = 20;
const names = Array.from({ length: 50 }, (_, index) => `c-${index}`);
/** Changes between two kills. */
const edits = 25;

let cluster: HollowCluster;
beforeAll(async () => {
  cluster = await HollowCluster.start();
});
afterAll(() => cluster[Symbol.asyncDispose]());

test(`an operator that is killed ${kills} times brings ${names.length} Containers to what was declared last`, async () => {
  const seed = Number(process.env.SEED ?? Date.now());
  console.log(`SEED=${seed} brings the same edits and the same moments`);
  const random = createRandom(seed);
  const declarations = await Declarations.in(cluster, 'kill');
  const { kubeconfigPath } = cluster;
  for (let round = 0; round < kills; round++) {
    const operator = await startOperator({ kubeconfigPath });
    const moment = declarations.changes(1 + random.below(60));
    const writing = editSome(declarations, random, round);
    await Promise.race([moment, writing]);
    await operator.stop('SIGKILL');
    await writing;
  }
  await using _last = await startOperator({ kubeconfigPath });
  await declarations.hold();
}, 400_000);

async function editSome(declarations: Declarations, random: Random, round: number): Promise<void> {
  for (let turn = 0; turn < edits; turn++) {
    const name = names[random.below(names.length)] ?? '';
    if (declarations.has(name) && random.chance(0.25)) await declarations.undeclare(name);
    else await declarations.declare(name, anySpec(random, `${round}.${turn}`));
  }
}

/** A spec of any shape, told from all others by its environment. */
function anySpec(random: Random, edit: string): ContainerSpecInput {
  const claim = { name: 'data', mountPath: '/data', claim: { size: '1Gi' } };
  return {
    image: random.pick(['localhost/notes:1.0', 'localhost/notes:1.1']),
    replicas: random.below(4),
    suspend: random.chance(0.1),
    env: [{ name: 'EDIT', value: edit }],
    ports: [{ name: 'http', containerPort: 8080 }],
    volumes: random.chance(0.3) ? [claim] : [],
    network: { isolate: random.chance(0.5), service: random.chance(0.1) ? 'None' : 'ClusterIP' },
  };
}
