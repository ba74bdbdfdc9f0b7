/** How a Container is reached, and whom it may reach. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { labelSelector } from '../schema/labels.ts';
import { listOf, setOf } from '../schema/lists.ts';
import { dnsLabel, hostname, objectName, text } from '../schema/names.ts';
import { portReference } from '../schema/quantity.ts';
import { protocol } from './ports.ts';

const cidr = text(43).meta(
  rules(rule('isCIDR(self)', 'write a network in CIDR notation, for example 10.0.0.0/8 or 2001:db8::/32')),
);

const peer = z
  .object({
    podSelector: labelSelector
      .exactOptional()
      .describe("Pods by their labels, in the Container's namespace unless namespaceSelector says otherwise."),
    namespaceSelector: labelSelector.exactOptional().describe('Namespaces by their labels; {} means every namespace.'),
    ipBlock: z
      .object({
        cidr: cidr.describe('Network in CIDR notation.'),
        except: setOf(cidr, 16).exactOptional().describe('Networks within it that are not meant.'),
      })
      .exactOptional()
      .describe('Addresses, usually outside the cluster.'),
    ports: listOf(
      z.object({
        port: portReference.describe('Number or name of the port.'),
        protocol: protocol.default('TCP').describe('Transport protocol.'),
      }),
      32,
    )
      .exactOptional()
      .describe('Ports this peer is for; all ports when absent.'),
  })
  .meta(
    rules(
      rule(
        'has(self.ipBlock) != (has(self.podSelector) || has(self.namespaceSelector))',
        'a peer takes either ipBlock, or podSelector and namespaceSelector (one or both): write two peers for both',
      ),
    ),
  );

/** `spec.network`. */
export const network = z
  .object({
    service: z
      .enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'None'])
      .default('ClusterIP')
      .describe('Type of the Service that offers the ports; None for no Service. Without ports there is none either.'),
    hostnames: setOf(hostname, 16)
      .default([])
      .describe(
        'Hosts by which the first of spec.ports is reached from outside, by an HTTPRoute (gatewayRef) or else an Ingress.',
      ),
    tls: z
      .object({ secretName: objectName.describe('Secret of type kubernetes.io/tls with the certificate and its key.') })
      .exactOptional()
      .describe(
        "Serve the hostnames over TLS at the Ingress. With a Gateway, TLS is a matter of the Gateway's listener.",
      ),
    gatewayRef: z
      .object({
        name: objectName.describe('Name of the Gateway.'),
        namespace: dnsLabel.exactOptional().describe("Namespace of the Gateway; the Container's own when absent."),
        sectionName: objectName.exactOptional().describe('Listener of the Gateway; all that match when absent.'),
      })
      .exactOptional()
      .describe('Gateway to which an HTTPRoute is attached.'),
    ingressClassName: objectName.exactOptional().describe("Class of the Ingress; the cluster's default when absent."),
    allowFrom: listOf(peer, 32)
      .default([])
      .describe('Who may connect to the Container. Naming anybody here refuses everybody else.'),
    allowTo: listOf(peer, 32)
      .default([])
      .describe('Whom the Container may connect to. Naming anybody here refuses everybody else but DNS.'),
    isolate: z
      .boolean()
      .default(false)
      .describe('Refuse all connections, in and out, that allowFrom and allowTo do not name; DNS stays open.'),
  })
  .meta(
    rules(
      rule(
        '!has(self.gatewayRef) || !has(self.ingressClassName)',
        'gatewayRef makes an HTTPRoute and ingressClassName an Ingress: keep one of them',
      ),
      rule(
        '!has(self.ingressClassName) || self.hostnames.size() > 0',
        'ingressClassName is for hostnames: add hostnames, or remove it',
        '.ingressClassName',
      ),
      rule(
        "self.service != 'None' || (self.hostnames.size() == 0 && !has(self.gatewayRef))",
        'hostnames and gatewayRef lead to the Service: write service: ClusterIP, or remove them',
        '.service',
      ),
      rule('!has(self.tls) || self.hostnames.size() > 0', 'tls is for hostnames: add hostnames, or remove tls', '.tls'),
      rule(
        '!has(self.tls) || !has(self.gatewayRef)',
        "with gatewayRef, TLS ends at the Gateway's listener: remove tls, and set the certificate there",
        '.tls',
      ),
    ),
  );

/** `spec.network`, defaults filled in. */
export type Network = z.infer<typeof network>;
/** One entry of `allowFrom` or `allowTo`. */
export type NetworkPeer = z.infer<typeof peer>;
