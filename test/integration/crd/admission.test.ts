/** What the API server says to bad Containers, by the schema alone: no operator runs here. */
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { claim, container, Kubectl, type Spec, volume } from './kubectl.ts';

let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await Kubectl.start(inject('kubeconfig'));
  return () => kubectl[Symbol.asyncDispose]();
});

const port = (name: string, containerPort: number, more: Spec = {}) => ({ name, containerPort, ...more });
const gatewayRef = { name: 'public' };
const probe = (check: Spec) => ({ probes: { readiness: check } });
const httpGet = { port: 'http' };

describe('the API server refuses', () => {
  test.each<[string, Spec, string]>([
    ['a missing image', { image: undefined }, 'spec.image: Required value'],
    ['an empty image', { image: '' }, 'spec.image: Invalid value'],
    ['an unknown field', { imag: 'x' }, 'unknown field "spec.imag"'],
    [
      'an unknown field far below',
      { scheduling: { affinity: { nodeAfinity: {} } } },
      'unknown field "spec.scheduling.affinity.nodeAfinity"',
    ],
    ['negative replicas', { replicas: -1 }, 'spec.replicas in body should be greater than or equal to 0'],
    ['regular backups of nothing', { backup: { schedule: '@daily' } }, 'declare a volume with a claim'],
    ['two ports of one name', { ports: [port('http', 80), port('http', 81)] }, 'give each port a name of its own'],
    [
      'two ports of one number',
      { ports: [port('a', 80), port('b', 80)] },
      'two ports have the same containerPort and protocol',
    ],
    ['a port name of 16 characters', { ports: [port('p'.repeat(16), 80)] }, 'may not be more than 15 bytes'],
    ['port 0', { ports: [port('a', 0)] }, 'should be greater than or equal to 1'],
    ['port 65536', { ports: [port('a', 65_536)] }, 'should be less than or equal to 65535'],
    [
      'two volumes of one name',
      { volumes: [volume({ emptyDir: {} }), volume({ mountPath: '/b', emptyDir: {} })] },
      'give each volume a name of its own',
    ],
    [
      'two volumes at one path',
      { volumes: [volume({ emptyDir: {} }), volume({ name: 'b', emptyDir: {} })] },
      'mount each at a path of its own',
    ],
    [
      'two sources for one volume',
      { volumes: [volume({ emptyDir: {}, secret: { secretName: 's' } })] },
      'a volume takes exactly one of claim',
    ],
    ['a volume without source', { volumes: [volume({})] }, 'a volume takes exactly one of claim'],
    ['a relative mount path', { volumes: [volume({ mountPath: 'data', emptyDir: {} })] }, 'mountPath must be absolute'],
    [
      'a mount path over everything',
      { volumes: [volume({ mountPath: '/', emptyDir: {} })] },
      'mountPath must be absolute',
    ],
    [
      'a mount path with a slash at its end',
      { volumes: [volume({ mountPath: '/a/', emptyDir: {} })] },
      'or a slash at its end',
    ],
    [
      'an over-long volume name',
      { volumes: [volume({ name: 'v'.repeat(64), emptyDir: {} })] },
      'may not be more than 63 bytes',
    ],
    ['a claim without a size', claim({ size: undefined }), 'spec.volumes[0].claim.size: Required value'],
    ['a claim of nothing', claim({ size: '0' }), 'size must be above zero'],
    ['a claim of a size nobody can read', claim({ size: '10 GB' }), 'spec.volumes[0].claim.size: Invalid value'],
    ['a claim without access modes', claim({ accessModes: [] }), 'should have at least 1 items'],
    [
      'a source without a claim',
      { volumes: [volume({ emptyDir: {}, source: { restoreRef: { name: 'r' } } })] },
      'source belongs to a claim',
    ],
    [
      'two sources of one claim',
      {
        volumes: [
          volume({ claim: { size: '1Gi' }, source: { restoreRef: { name: 'r' }, snapshotRef: { name: 's' } } }),
        ],
      },
      'exactly one of snapshotRef and restoreRef',
    ],
    [
      'HTTPRoute and Ingress at once',
      { network: { hostnames: ['a.example'], gatewayRef, ingressClassName: 'x' } },
      'gatewayRef makes an HTTPRoute and ingressClassName an Ingress: keep one',
    ],
    [
      'hostnames without a port',
      { ports: [], network: { hostnames: ['a.example'] } },
      'declare at least one under ports',
    ],
    [
      'hostnames without a Service',
      { network: { service: 'None', hostnames: ['a.example'] } },
      'write service: ClusterIP',
    ],
    ['a host name with a scheme', { network: { hostnames: ['https://a.example'] } }, 'spec.network.hostnames[0]'],
    ['tls without hostnames', { network: { tls: { secretName: 's' } } }, 'tls is for hostnames: add hostnames'],
    [
      'tls at a Gateway',
      { network: { hostnames: ['a.example'], gatewayRef, tls: { secretName: 's' } } },
      "TLS ends at the Gateway's listener",
    ],
    ['an ingress class without hostnames', { network: { ingressClassName: 'x' } }, 'ingressClassName is for hostnames'],
    ['a peer that is nobody', { network: { allowFrom: [{ ports: [{ port: 1 }] }] } }, 'a peer takes either ipBlock'],
    [
      'a peer of two kinds',
      { network: { allowTo: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] } },
      'write two peers for both',
    ],
    [
      'a network that is none',
      { network: { allowTo: [{ ipBlock: { cidr: '10.0.0/8' } }] } },
      'write a network in CIDR notation',
    ],
    ['a budget above the replicas', { replicas: 2, disruption: { minAvailable: 3 } }, 'minAvailable is above replicas'],
    ['a budget of 101%', { disruption: { minAvailable: '101%' } }, 'spec.disruption.minAvailable'],
    [
      'an update that can replace nothing',
      { update: { maxSurge: 0, maxUnavailable: '0%' } },
      'no pod can ever be replaced',
    ],
    ['a surge without rolling', { update: { strategy: 'Recreate', maxSurge: 1 } }, 'are for strategy RollingUpdate'],
    [
      'a variable of two values',
      { env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] },
      'either value or valueFrom',
    ],
    ['a variable of no value', { env: [{ name: 'A' }] }, "value: '' for an empty variable"],
    [
      'a value from two places',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'x' }, secretKeyRef: { name: 's', key: 'k' } } }] },
      'valueFrom takes exactly one',
    ],
    [
      'two variables of one name',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
      'Duplicate value',
    ],
    [
      'an envFrom of two kinds',
      { envFrom: [{ secretRef: { name: 's' }, configMapRef: { name: 'c' } }] },
      'write two entries for both',
    ],
    ['a probe that checks nothing', probe({ periodSeconds: 5 }), 'a probe takes exactly one of httpGet'],
    ['a probe of two kinds', probe({ httpGet, tcpSocket: { port: 1 } }), 'a probe takes exactly one of httpGet'],
    [
      'a request above its limit',
      { resources: { requests: { memory: '1Gi' }, limits: { memory: '512Mi' } } },
      'a request is above its limit',
    ],
    ['a request nobody can read', { resources: { requests: { cpu: 'much' } } }, 'spec.resources.requests.cpu'],
    ['root that is not root', { securityContext: { runAsUser: 0 } }, 'write runAsNonRoot: false beside it'],
    [
      'a toleration of everything by accident',
      { scheduling: { tolerations: [{ value: 'x' }] } },
      'write operator: Exists if that is meant',
    ],
    [
      "a label that is the operator's",
      { podLabels: { 'dokkerr.io/container': 'x' } },
      'are set by the operator: use another key',
    ],
  ])('%s', async (_, spec, message) => {
    expect(await kubectl.refusal(container(spec))).toContain(message);
  });

  test.each([
    ['of 53 characters', 'n'.repeat(53), 'has at most 52 characters'],
    ['that starts with a digit', '1st', 'start with a letter'],
    ['with a dot', 'a.b', 'write only a-z, 0-9 and -'],
  ])('a name %s', async (_, name, message) => {
    expect(await kubectl.refusal(container({}, name))).toContain(message);
  });

  test('duplicate ports under server-side apply as well', async () => {
    const twice = container({ ports: [port('http', 80), port('http', 81)] });
    const refused = kubectl.apply(twice, '--server-side', '--dry-run=server');
    await expect(refused).rejects.toThrow('duplicate entries for key [name="http"]');
  });
});

describe('the API server takes', () => {
  test.each<[string, Spec]>([
    ['an image and nothing else', { ports: undefined }],
    ['TCP and UDP on one number', { ports: [port('dns', 53), port('dns-udp', 53, { protocol: 'UDP' })] }],
    ['no replicas beside a budget, as an autoscaler may set it', { replicas: 0, disruption: { minAvailable: 1 } }],
    [
      'hostnames without a class, for the default Ingress',
      { network: { hostnames: ['*.a.example'], tls: { secretName: 's' } } },
    ],
    ['a Gateway without hostnames', { network: { gatewayRef } }],
    ['cpu as a number', { resources: { requests: { cpu: 1 }, limits: { cpu: '1500m', 'example.com/gpu': 1 } } }],
    ['an empty variable', { env: [{ name: 'A', value: '' }] }],
    [
      'root that says so',
      { securityContext: { runAsUser: 0, runAsNonRoot: false, capabilities: { add: ['NET_BIND_SERVICE'] } } },
    ],
    [
      'every source of a volume',
      {
        volumes: [
          volume({
            name: 'a',
            mountPath: '/a',
            claim: { size: '1Gi', storageClassName: 'fast' },
            source: { restoreRef: { name: 'r' } },
          }),
          volume({ name: 'b', mountPath: '/b', existingClaim: { claimName: 'old' } }),
          volume({ name: 'c', mountPath: '/c/file.conf', subPath: 'file.conf', configMap: { name: 'c' } }),
          volume({ name: 'd', mountPath: '/d', secret: { secretName: 's', items: [{ key: 'k', path: 'p' }] } }),
          volume({ name: 'e', mountPath: '/e', emptyDir: { medium: 'Memory' } }),
        ],
      },
    ],
  ])('%s', async (_, spec) => {
    expect(await kubectl.refusal(container(spec))).toBeUndefined();
  });

  test('a name of 52 characters', async () => {
    expect(await kubectl.refusal(container({}, 'n'.repeat(52)))).toBeUndefined();
  });
});
