/** What the chart installs of admission, against what the operator's own parts are made of. */
import { describe, expect, test } from 'vitest';
import type { Deployment, Service } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { admissionPolicies, webhookConfiguration, webhookService } from '#src/install/admission.ts';
import type { ValidatingAdmissionPolicy, WebhookConfiguration } from '#webhooks/kinds.ts';
import { serviceHosts } from '#webhooks/role.ts';
import { ofKind, only, render } from './release.ts';

/** A release whose objects of the cluster are called like those in its namespace, as the static YAML's are. */
const release = { name: 'dokkerr', namespace: 'dokkerr' };
const placement = { ...release, image: 'any', version: 'any' };

const withoutLabels = (object: KubernetesObject) => ({
  ...object,
  metadata: { ...object.metadata, labels: undefined },
});

interface Certificate extends KubernetesObject {
  readonly spec: {
    readonly secretName: string;
    readonly dnsNames?: readonly string[];
    readonly isCA?: boolean;
    readonly issuerRef: { readonly kind: string; readonly name: string };
  };
}

interface Issuer extends KubernetesObject {
  readonly spec: { readonly ca?: { readonly secretName: string }; readonly selfSigned?: object };
}

const admissionKinds = /^(Validating|Certificate$|Issuer$)/;

describe('as the chart comes', () => {
  test('webhook, Service and policies are those of the static YAML', async () => {
    const objects = await render({}, release);
    const configuration = only<WebhookConfiguration>(objects, 'ValidatingWebhookConfiguration');
    expect(withoutLabels(configuration)).toEqual(withoutLabels(webhookConfiguration(placement)));
    const services = ofKind<Service>(objects, 'Service').filter(({ metadata }) => metadata.name.endsWith('-webhook'));
    expect(services.map(withoutLabels)).toEqual([withoutLabels(webhookService(placement))]);
    const policies = objects.filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));
    const byName = (all: readonly KubernetesObject[]) =>
      new Map(all.map((object) => [`${object.kind} ${object.metadata.name}`, withoutLabels(object)]));
    expect(byName(policies)).toEqual(byName(admissionPolicies(placement)));
  });

  test('no caBundle is in it, so that no upgrade takes back what the operator wrote', async () => {
    const configuration = only(await render(), 'ValidatingWebhookConfiguration');
    expect(JSON.stringify(configuration)).not.toContain('caBundle');
  });

  test('the Service leads to the port the operator is told to serve', async () => {
    const objects = await render({ webhook: { port: 10443 } });
    const [container] = only<Deployment>(objects, 'Deployment').spec?.template?.spec?.containers ?? [];
    expect(container?.args).toContain('--webhook-listen=:10443');
    expect(container?.ports).toContainEqual({ name: 'webhook', containerPort: 10443 });
  });

  test('the operator’s own account may delete claims, whatever the release calls it', async () => {
    const objects = await render({ serviceAccount: { name: 'given' } }, { name: 'blue', namespace: 'team-blue' });
    const policies = ofKind<ValidatingAdmissionPolicy>(objects, 'ValidatingAdmissionPolicy');
    const protection = policies.find(({ metadata }) => metadata.name.endsWith('-claim-protection'));
    expect(protection?.spec.matchConditions?.[0]?.expression).toContain("'system:serviceaccount:team-blue:given'");
  });
});

test('failurePolicy is what the values say', async () => {
  const objects = await render({ webhook: { failurePolicy: 'Fail' } });
  const { webhooks } = only<WebhookConfiguration>(objects, 'ValidatingWebhookConfiguration');
  expect(webhooks?.map(({ failurePolicy }) => failurePolicy)).toEqual(['Fail']);
});

describe('with cert-manager', () => {
  const certManager = { enabled: true };

  test('it signs for the names API servers call, and puts its authority into the configuration', async () => {
    const objects = await render({ webhook: { certManager } });
    const leaf = ofKind<Certificate>(objects, 'Certificate').find(({ spec }) => spec.isCA !== true);
    expect(leaf?.spec.dnsNames).toEqual(serviceHosts('dokkerr-webhook', 'dokkerr-system'));
    const { metadata } = only(objects, 'ValidatingWebhookConfiguration');
    expect(metadata.annotations).toEqual({
      'cert-manager.io/inject-ca-from': `dokkerr-system/${leaf?.metadata.name}`,
    });
  });

  test('the operator reads what is signed from a mounted folder, and may touch neither Secret nor configuration', async () => {
    const objects = await render({ webhook: { certManager } });
    const pod = only<Deployment>(objects, 'Deployment').spec?.template?.spec;
    const leaf = ofKind<Certificate>(objects, 'Certificate').find(({ spec }) => spec.isCA !== true);
    const [volume] = pod?.volumes ?? [];
    expect(volume).toMatchObject({ secret: { secretName: leaf?.spec.secretName } });
    const [container] = pod?.containers ?? [];
    const [mount] = container?.volumeMounts ?? [];
    expect(mount).toEqual({ name: volume?.name, mountPath: '/etc/dokkerr/webhook', readOnly: true });
    expect(container?.args).toContain('--webhook-cert-dir=/etc/dokkerr/webhook');
    const roles = JSON.stringify([only(objects, 'ClusterRole'), only(objects, 'Role')]);
    expect(roles).not.toContain('validatingwebhookconfigurations');
    expect(roles).not.toContain('webhook-certificate');
  });

  test('the authority is one of its own that signs the leaf, or whoever is named', async () => {
    const objects = await render({ webhook: { certManager } });
    const certificates = ofKind<Certificate>(objects, 'Certificate');
    const authority = certificates.find(({ spec }) => spec.isCA === true);
    const leaf = certificates.find(({ spec }) => spec.isCA !== true);
    const issuers = ofKind<Issuer>(objects, 'Issuer');
    const issuerOf = (certificate: Certificate | undefined) =>
      issuers.find(({ metadata }) => metadata.name === certificate?.spec.issuerRef.name);
    expect(issuerOf(leaf)?.spec.ca?.secretName).toBe(authority?.spec.secretName);
    expect(issuerOf(authority)?.spec.selfSigned).toEqual({});

    const issuerRef = { kind: 'ClusterIssuer', name: 'company' };
    const named = await render({ webhook: { certManager: { ...certManager, issuerRef } } });
    expect(ofKind(named, 'Issuer')).toEqual([]);
    expect(only<Certificate>(named, 'Certificate').spec.issuerRef).toEqual({ group: 'cert-manager.io', ...issuerRef });
  });
});

describe('nothing of admission is installed', () => {
  test('where the operator serves some namespaces and may touch nothing of the cluster', async () => {
    const objects = await render({ namespaces: ['shop'] });
    expect(objects.filter(({ kind }) => admissionKinds.test(kind))).toEqual([]);
    expect(JSON.stringify(only(objects, 'Deployment'))).not.toContain('webhook');
  });

  test('that was switched off, webhook and policies each by itself', async () => {
    const kinds = async (values: object) => (await render(values)).map(({ kind }) => kind);
    const withoutWebhook = await kinds({ webhook: { enabled: false } });
    expect(withoutWebhook).not.toContain('ValidatingWebhookConfiguration');
    expect(withoutWebhook).toContain('ValidatingAdmissionPolicy');
    const withoutPolicies = await kinds({ admissionPolicies: { enabled: false } });
    expect(withoutPolicies).toContain('ValidatingWebhookConfiguration');
    expect(withoutPolicies).not.toContain('ValidatingAdmissionPolicy');
  });
});
