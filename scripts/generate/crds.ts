/** `config/crd/`: one CustomResourceDefinition a kind. */
import { crdOf } from '../../src/crds/generate/crd.ts';
import { findKinds } from './kinds.ts';
import { type Generator, marker } from './registry.ts';
import { toYaml } from './yaml.ts';

/** The CRDs, ready for `kubectl apply`. */
export const crds: Generator = {
  name: 'crds',
  folder: 'config/crd',
  async generate() {
    return (await findKinds()).map((kind) => ({
      path: `config/crd/${kind.group}_${kind.plural}.yaml`,
      content: `# ${marker}\n${toYaml(crdOf(kind))}`,
    }));
  },
};
