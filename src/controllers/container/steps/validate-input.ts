/** ValidateInput: what the schema does not state, because it would cost the API server more than a rule may. */
import type { Container } from '#crds/container.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step } from '#runtime/itinerary/types.ts';
import type { ContainerScope } from '../scope.ts';

export const validateInput: Step<ContainerScope> = {
  name: 'ValidateInput',
  run: async ({ container }) => {
    const problem = probeWithoutPort(container);
    return problem === undefined
      ? done()
      : fail(new DokkerrError('DKR_SPEC_INVALID', problem, { reason: 'SpecInvalid' }));
  },
};

/** A probe that names a port which is not declared would never succeed. */
function probeWithoutPort({ spec }: Container): string | undefined {
  const names = spec.ports.map(({ name }) => name);
  for (const [probe, definition] of Object.entries(spec.probes ?? {})) {
    const port = definition?.httpGet?.port ?? definition?.tcpSocket?.port;
    if (typeof port === 'string' && !names.includes(port)) {
      return `spec.probes.${probe} asks port "${port}", which spec.ports does not have; ${names.length === 0 ? 'declare it there' : `write one of ${names.join(', ')}`}`;
    }
  }
  return undefined;
}
