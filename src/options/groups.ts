/** The options there are, in groups that several commands share. */
import { version } from '../identity.ts';
import type { OptionTable } from './option.ts';
import { address, count, duration, namespace, namespaces, objectName, oneOf, onOff, text } from './values.ts';

/** Which cluster. */
export const connectionOptions = {
  kubeconfig: {
    argument: '<file>',
    description: 'kubeconfig of the cluster',
    schema: text.optional(),
    otherwise: '$KUBECONFIG, the pod’s own account, ~/.kube/config',
  },
  context: {
    argument: '<name>',
    description: 'context of the kubeconfig',
    schema: text.optional(),
    otherwise: 'its current one',
  },
} satisfies OptionTable;

/** What the controllers do. */
export const workOptions = {
  namespaces: {
    argument: '<list>',
    description: 'namespaces to serve, with commas between',
    schema: namespaces.prefault(''),
    otherwise: 'all',
  },
  concurrency: {
    argument: '<count>',
    description: 'objects of one kind worked on at once',
    schema: count.prefault('10'),
  },
  moverImage: {
    argument: '<image>',
    description: 'image of the pods that move data: the operator’s own',
    schema: text.prefault(`localhost/dokkerr:${version}`),
  },
} satisfies OptionTable;

/** Where the process says how it is. */
export const healthOptions = {
  listen: {
    argument: '<address>',
    description: 'address of /healthz, /readyz and /metrics',
    schema: address.prefault(':8080'),
  },
} satisfies OptionTable;

/** Who acts, of several processes. */
export const electionOptions = {
  leaderElect: {
    argument: '[true|false]',
    description: 'act only while holding the lease',
    schema: onOff.optional(),
    otherwise: 'true in a pod, false elsewhere',
  },
  leaseNamespace: {
    argument: '<name>',
    description: 'where the lease is',
    schema: namespace.optional(),
    otherwise: 'the operator’s own',
  },
  leaseName: {
    argument: '<name>',
    description: 'name of the lease',
    schema: objectName('a Lease').prefault('dokkerr-leader'),
  },
  leaseDuration: {
    argument: '<time>',
    description: 'how long others respect a lease that is not renewed',
    schema: duration.prefault('15s'),
  },
  leaseRenewDeadline: {
    argument: '<time>',
    description: 'how long the leader acts without having renewed',
    schema: duration.prefault('10s'),
  },
  leaseRetryPeriod: {
    argument: '<time>',
    description: 'time between two renewals',
    schema: duration.prefault('2s'),
  },
} satisfies OptionTable;

/** How admission is served. Where, each command says for itself. */
export const admissionOptions = {
  webhookService: {
    argument: '<name>',
    description: 'Service before the webhook',
    schema: objectName('a Service').prefault('dokkerr-webhook'),
  },
  webhookSecret: {
    argument: '<name>',
    description: 'Secret with the webhook’s certificates',
    schema: objectName('a Secret').prefault('dokkerr-webhook-certificate'),
  },
  webhookConfiguration: {
    argument: '<name>',
    description: 'ValidatingWebhookConfiguration whose caBundle is kept',
    schema: objectName('a ValidatingWebhookConfiguration').prefault('dokkerr'),
  },
  webhookCertDir: {
    argument: '<folder>',
    description: 'folder with tls.crt and tls.key of somebody else’s making',
    schema: text.optional(),
    otherwise: 'made here',
  },
} satisfies OptionTable;

/** How a process ends and what it tells. */
export const processOptions = {
  stopTimeout: {
    argument: '<time>',
    description: 'how long a stop may take; keep it below the pod’s grace period',
    schema: duration.prefault('20s'),
  },
  logLevel: {
    argument: '<level>',
    description: 'debug, info, warn or error',
    schema: oneOf('debug', 'info', 'warn', 'error').prefault('info'),
  },
  logFormat: {
    argument: '<format>',
    description: 'json, text, or auto for text on a terminal',
    schema: oneOf('auto', 'json', 'text').prefault('auto'),
  },
} satisfies OptionTable;
