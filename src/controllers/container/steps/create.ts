/** Create: the Deployment or StatefulSet as declared, and only one of the two. */
import { Deployment, Pod, StatefulSet } from '#runtime/client/kinds.ts';
import { done, type Step, wait } from '#runtime/itinerary/types.ts';
import { hasExclusiveVolume } from '../checks/exclusive-volume.ts';
import { buildDeployment } from '../children/deployment.ts';
import { buildStatefulSet, claimsDiffer } from '../children/stateful-set.ts';
import { podsWithoutVolume } from '../current-pods.ts';
import type { ContainerScope } from '../scope.ts';

export const create: Step<ContainerScope> = {
  name: 'Create',
  run: async (scope) => {
    const { pass, container, namespace, replicas, stateful, live } = scope;
    const key = { namespace, name: container.metadata.name };
    if (!stateful) {
      await pass.children.apply(
        Deployment,
        buildDeployment(container, { replicas, exclusiveVolume: await hasExclusiveVolume(scope) }),
      );
      if (live.statefulSet !== undefined) await pass.children.remove(StatefulSet, key);
      return done();
    }
    if (live.statefulSet?.metadata.deletionTimestamp !== undefined) return replacing();
    if (live.statefulSet !== undefined && claimsDiffer(container, live.statefulSet)) {
      // Its pods go on running without it and are taken over, then rolled, by its successor.
      await pass.children.remove(StatefulSet, key, { propagationPolicy: 'Orphan' });
      return replacing();
    }
    await pass.children.apply(StatefulSet, buildStatefulSet(container, replicas, live.statefulSet));
    for (const { metadata } of podsWithoutVolume(scope)) {
      await pass.client.delete(Pod, metadata, metadata.uid === undefined ? {} : { uid: metadata.uid });
    }
    if (live.deployment !== undefined) await pass.children.remove(Deployment, key);
    return done();
  },
};

function replacing() {
  return wait(
    'ReplacingStatefulSet',
    'the StatefulSet is replaced, because its claims changed; its pods go on running',
  );
}
