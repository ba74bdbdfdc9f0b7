import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DokkerrError } from '../errors.ts';
import { type Credentials, fileCredentials, resolveCredentials } from './credentials.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubeconfig-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function file(name: string, content: unknown): string {
  const path = join(dir, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const config = (user: object = { token: 'secret' }, cluster: object = {}) => ({
  'current-context': 'main',
  clusters: [{ name: 'c', cluster: { server: 'https://api.example:6443/', ...cluster } }],
  users: [{ name: 'u', user }],
  contexts: [
    { name: 'main', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
    { name: 'lost', context: { cluster: 'gone', user: 'u' } },
  ],
});

const load = (content: unknown, context?: string): Credentials =>
  resolveCredentials({ kubeconfig: file('config', content), env: {}, ...(context === undefined ? {} : { context }) });

function complaint(attempt: () => unknown): string {
  try {
    attempt();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(DokkerrError);
    expect((thrown as DokkerrError).code).toBe('DKR_CONFIG_INVALID');
    return (thrown as DokkerrError).message.replaceAll(dir, '');
  }
  return 'no complaint';
}

describe('a kubeconfig', () => {
  test('gives server, namespace and a bearer token', async () => {
    const credentials = load(config());
    expect(credentials).toMatchObject({ server: 'https://api.example:6443', namespace: 'shop' });
    expect(await credentials.current()).toEqual({ headers: { authorization: 'Bearer secret' }, tls: {} });
  });

  test('gives a client certificate, from data or from files beside it', async () => {
    file('ca.pem', pem);
    const user = { 'client-certificate-data': base64(pem), 'client-key-data': base64(pem) };
    const credentials = load(config(user, { 'certificate-authority': 'ca.pem', 'tls-server-name': 'inner' }));
    expect(await credentials.current()).toEqual({
      headers: {},
      tls: { ca: pem, cert: pem, key: pem, servername: 'inner' },
    });
  });

  test('gives a name and password, and whom to act as', async () => {
    const credentials = load(config({ username: 'anna', password: 'pw', as: 'bert' }));
    expect((await credentials.current()).headers).toEqual({
      authorization: `Basic ${base64('anna:pw')}`,
      'impersonate-user': 'bert',
    });
  });

  test('is merged with the others of KUBECONFIG: the first to name a thing wins, a missing file is passed over', () => {
    const first = file('first', { contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }] });
    const second = file('second', config());
    const KUBECONFIG = [first, join(dir, 'nowhere'), second].join(':');
    const credentials = resolveCredentials({ env: { KUBECONFIG } });
    expect(credentials.server).toBe('https://api.example:6443');
    expect(credentials.namespace).toBeUndefined();
  });

  test.each<[string, () => unknown, string]>([
    ['is not there', () => resolveCredentials({ kubeconfig: join(dir, 'no'), env: {} }), 'cannot read /no: ENOENT'],
    ['is not YAML', () => load('a: [b'), 'kubeconfig /config: is not YAML: '],
    ['is empty', () => load(''), 'is empty or not a mapping'],
    [
      'has no current context',
      () => load({ ...config(), 'current-context': '' }),
      'pass --context, one of "main", "lost"',
    ],
    ['lacks the context asked for', () => load(config(), 'other'), 'has no context "other": it has "main", "lost"'],
    [
      'names a cluster it lacks',
      () => load(config(), 'lost'),
      'context "lost" names cluster "gone", which is not there',
    ],
    [
      'has a cluster without server',
      () => load(config({}, { server: '' })),
      'cluster "c" has no server: write https://',
    ],
    [
      'has a server that is no URL',
      () => load(config({}, { server: 'api:6443' })),
      'server "api:6443": write https://',
    ],
    [
      'has a certificate without key',
      () => load(config({ 'client-certificate-data': base64(pem) })),
      'user "u" needs both',
    ],
    [
      'has a CA that is not PEM',
      () => load(config({}, { 'certificate-authority-data': 'AAAA' })),
      'data that is not PEM',
    ],
    ['names a token file that is gone', () => load(config({ tokenFile: 'no' })), 'cannot read /no: ENOENT'],
    ['is nowhere to be found', () => resolveCredentials({ env: {}, home: dir }), 'no cluster is configured'],
    ['is named and missing', () => resolveCredentials({ env: { KUBECONFIG: '/no' } }), 'KUBECONFIG names /no'],
  ])('that %s is refused with cause and cure', (_, attempt, message) => {
    expect(complaint(attempt)).toContain(message);
  });
});

describe('the service account of a pod', () => {
  test('gives server, namespace, CA and token', async () => {
    file('token', 'pod-token\n');
    file('ca.crt', pem);
    file('namespace', 'dokkerr-system');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const credentials = resolveCredentials({ env, serviceAccountDir: dir, home: dir });
    expect(credentials).toMatchObject({ server: 'https://[fd00::1]:443', namespace: 'dokkerr-system' });
    const { headers, tls } = await credentials.current();
    expect([headers, tls]).toEqual([{ authorization: 'Bearer pod-token' }, { ca: pem }]);
  });
});

describe('credentials in files', () => {
  const token = (text: string) => ({ headers: { authorization: text }, tls: {} });

  test('are read again when a minute old, or at once when they were refused', async () => {
    let now = 0;
    let content = 'first';
    const credentials = fileCredentials(
      () => token(content),
      () => now,
    );
    content = 'second';
    expect(await credentials.current()).toEqual(token('first'));
    now = 60_000;
    expect(await credentials.current()).toEqual(token('second'));
    content = 'third';
    expect(await credentials.renew()).toEqual(token('third'));
  });

  test('serve on while their file cannot be read, and say why when they are refused', async () => {
    let now = 0;
    let readable = true;
    const credentials = fileCredentials(
      () => {
        if (!readable) throw new DokkerrError('DKR_CONFIG_INVALID', 'cannot read it');
        return token('first');
      },
      () => now,
    );
    readable = false;
    now = 60_000;
    expect(await credentials.current()).toEqual(token('first'));
    await expect(credentials.renew()).rejects.toThrow('cannot read it');
  });
});

describe('a credential plugin', () => {
  const plugin = (script: string, more: object = {}) => {
    const apiVersion = 'client.authentication.k8s.io/v1';
    const exec = { apiVersion, command: 'sh', args: ['-c', script], ...more };
    return resolveCredentials({ kubeconfig: file('config', config({ exec })), env: { PATH: process.env.PATH } });
  };
  const counting = (status: string) =>
    `echo run >> ${join(dir, 'runs')}; echo '{"status":{"token":"'$(wc -l < ${join(dir, 'runs')})'"${status}}}'`;

  test('is told what is asked of it, and its token is kept until refused', async () => {
    const credentials = plugin(counting(''));
    expect(await Promise.all([credentials.current(), credentials.current()])).toEqual([
      { headers: { authorization: 'Bearer 1' }, tls: {} },
      { headers: { authorization: 'Bearer 1' }, tls: {} },
    ]);
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer 1' });
    expect((await credentials.renew()).headers).toEqual({ authorization: 'Bearer 2' });
  });

  test('is asked again when its token expires', async () => {
    const credentials = plugin(counting(',"expirationTimestamp":"2020-01-01T00:00:00Z"'));
    await credentials.current();
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer 2' });
  });

  test('receives the cluster when it wants it', async () => {
    const script = 'echo "{\\"status\\":{\\"token\\":\\"$(echo "$KUBERNETES_EXEC_INFO" | base64 -w0)\\"}}"';
    const { headers } = await plugin(script, { provideClusterInfo: true }).current();
    const told: unknown = JSON.parse(Buffer.from(headers.authorization?.slice(7) ?? '', 'base64').toString());
    expect(told).toMatchObject({ kind: 'ExecCredential', spec: { cluster: { server: 'https://api.example:6443' } } });
  });

  test.each([
    ['echo broken >&2; exit 3', {}, 'sh failed: broken'],
    ['echo hello', {}, 'printed something that is not JSON'],
    ['echo "{}"', {}, 'printed neither a token nor a client certificate'],
    ['', { command: 'no-such-plugin', installHint: 'Install it.' }, 'no-such-plugin is not installed: Install it.'],
  ])('that fails (%s) is quoted', async (script, more, message) => {
    await expect(plugin(script, more).current()).rejects.toThrow(message);
  });
});
