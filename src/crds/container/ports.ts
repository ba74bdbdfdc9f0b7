/** The ports a Container listens on. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { listByKey } from '../schema/lists.ts';
import { portName, portNumber } from '../schema/names.ts';

/** A transport protocol. */
export const protocol = z.enum(['TCP', 'UDP', 'SCTP']);

const port = z.object({
  name: portName.describe('Name of the port, by which probes, peers and the Service refer to it.'),
  containerPort: portNumber.describe('Number the program listens on; the Service offers the same number.'),
  protocol: protocol.default('TCP').describe('Transport protocol.'),
});

/** `spec.ports`. */
export const ports = listByKey(port, ['name'], 32).meta(
  rules(
    rule(
      'self.all(p, self.exists_one(q, q.name == p.name))',
      'two ports have the same name: give each port a name of its own',
    ),
    rule(
      'self.all(p, self.exists_one(q, q.containerPort == p.containerPort && q.protocol == p.protocol))',
      'two ports have the same containerPort and protocol: remove one of them, or give it another number',
    ),
  ),
);

/** One entry of `spec.ports`. */
export type ContainerPort = z.infer<typeof port>;
