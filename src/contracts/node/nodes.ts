/** How nodes are cached; whoever reads them asks for the same. */
import type { Node } from '#runtime/client/kinds.ts';

export const slimNodes = { transform: slimNode };

/** A node reports its health every few seconds; what a fit depends on, and whether it answers, hardly ever changes. */
function slimNode({ apiVersion, kind, metadata, spec, status }: Node): Node {
  const { name, uid, resourceVersion, labels } = metadata;
  const { unschedulable, taints } = spec;
  const allocatable = status?.allocatable;
  const conditions = status?.conditions?.filter(({ type }) => type === 'Ready');
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(labels === undefined ? {} : { labels }),
    },
    spec: { ...(unschedulable === undefined ? {} : { unschedulable }), ...(taints === undefined ? {} : { taints }) },
    status: {
      ...(allocatable === undefined ? {} : { allocatable }),
      ...(conditions === undefined ? {} : { conditions: conditions.map(({ type, status }) => ({ type, status })) }),
    },
  };
}
