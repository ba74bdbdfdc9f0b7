import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '#cluster/command.ts';
import type { Deployment } from '#runtime/client/kinds.ts';
import { controllerConfig, parseConfig } from '#src/config.ts';
import { version } from '#src/identity.ts';
import { webhookPort } from '#src/install/admission.ts';
import { deployment } from '#src/install/workload.ts';
import { ofKind, only, render } from './release.ts';

interface PodSpec {
  readonly containers: readonly {
    readonly image: string;
    readonly args: readonly string[];
    readonly [field: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

async function podOf(values: object = {}): Promise<PodSpec> {
  const { spec } = only<Deployment>(await render(values), 'Deployment');
  return spec?.template?.spec as unknown as PodSpec;
}

async function containerOf(values: object = {}) {
  const [container] = (await podOf(values)).containers;
  if (container === undefined) throw new Error('the pod has no container');
  return container;
}

/** As commander hands them on: `--log-level=info` is `{ logLevel: 'info' }`. */
function flagsOf(args: readonly string[]): Record<string, string | boolean> {
  return Object.fromEntries(
    args.map((arg) => {
      const [name = '', value = true] = arg.slice('--'.length).split('=');
      return [name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()), value];
    }),
  );
}

describe('the arguments', () => {
  let known: readonly string[];
  beforeAll(async () => {
    const help = await run(process.execPath, ['src/main.ts', 'controller', '--help']);
    known = [...help.matchAll(/^ +(--[a-z-]+)/gm)].map(([, flag = '']) => flag);
  });

  const cases = [
    { name: 'as the chart comes', values: {} },
    { name: 'for some namespaces', values: { namespaces: ['shop', 'blog'] } },
    { name: 'with certificates of cert-manager', values: { webhook: { certManager: { enabled: true } } } },
    { name: 'without admission', values: { webhook: { enabled: false } } },
    { name: 'without election', values: { replicas: 1, leaderElection: { enabled: false } } },
  ];
  test.each(cases)('are flags of the program with values it accepts, $name', async ({ values }) => {
    const [role, ...flags] = (await containerOf(values)).args;
    expect(role).toBe('controller');
    for (const flag of flags) expect(known).toContain(flag.split('=')[0]);
    expect(() => parseConfig(controllerConfig, flagsOf(flags))).not.toThrow();
  });

  test('say what the program takes for granted anyway, where the values are those of the chart', async () => {
    const { leaderElect, logFormat, webhookListen, webhookConfiguration, ...said } = parseConfig(
      controllerConfig,
      flagsOf((await containerOf()).args.slice(1)),
    );
    expect({ leaderElect, logFormat, webhookListen, webhookConfiguration }).toEqual({
      leaderElect: true,
      logFormat: 'json',
      webhookListen: { host: '', port: webhookPort },
      webhookConfiguration: 'dokkerr-system-dokkerr',
    });
    expect(parseConfig(controllerConfig, {})).toMatchObject(said);
  });

  test('end with those the user added, so that these win', async () => {
    const { args } = await containerOf({ extraArgs: ['--log-level=loud'] });
    expect(args).toContain('--log-level=info');
    await expect(run(process.execPath, ['src/main.ts', ...args])).rejects.toThrow('--log-level "loud"');
  });
});

test('the pods are those of the static YAML: security, probes, resources, spreading, grace period', async () => {
  const placement = { name: 'dokkerr', namespace: 'dokkerr-system', image: `localhost/dokkerr:${version}`, version };
  const expected = deployment(placement).spec?.template?.spec as unknown as PodSpec;
  const [{ args: _, ...container }] = expected.containers as unknown as [PodSpec['containers'][number]];
  const { containers, ...pod } = await podOf();
  expect(pod).toEqual({ ...expected, containers: undefined });
  expect(containers[0]).toMatchObject(container);
});

test('the image is the tag of the chart’s version, a tag, or a digest, which wins', async () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  expect((await containerOf()).image).toBe(`localhost/dokkerr:${version}`);
  expect((await containerOf({ image: { repository: 'example.invalid/d', tag: 't' } })).image).toBe(
    'example.invalid/d:t',
  );
  expect((await containerOf({ image: { tag: 't', digest } })).image).toBe(`localhost/dokkerr@${digest}`);
});

test('what a cluster’s owner decides reaches the pod', async () => {
  const decided = {
    imagePullSecrets: [{ name: 'registry' }],
    priorityClassName: 'system-cluster-critical',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'control-plane', operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [{ topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }],
  };
  expect(await podOf(decided)).toMatchObject(decided);
  const extraEnv = [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }];
  expect(await containerOf({ extraEnv })).toMatchObject({ env: extraEnv });
});

test('a pod without election is replaced only after it has gone', async () => {
  const objects = await render({ replicas: 1, leaderElection: { enabled: false } });
  expect(only(objects, 'Deployment')).toMatchObject({ spec: { strategy: { type: 'Recreate' } } });
});

test('a drain is held up only where another replica can take over', async () => {
  expect(ofKind(await render(), 'PodDisruptionBudget')).toMatchObject([{ spec: { maxUnavailable: 1 } }]);
  expect(ofKind(await render({ replicas: 1 }), 'PodDisruptionBudget')).toEqual([]);
});
