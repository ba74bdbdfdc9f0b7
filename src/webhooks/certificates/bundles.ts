/** The `caBundle`s by which API servers know the webhooks' certificates: read and kept as the Secret says. */
import type { Client, Kind, Patch } from '#runtime/client/types.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import type { WebhookConfiguration } from '../kinds.ts';
import { type Certificate, readBundle } from './certificate.ts';
import type { BundleFacts } from './plan.ts';

/** A configuration, by kind and name, all of whose webhooks are served here. */
export interface ConfigurationReference {
  readonly kind: Kind<WebhookConfiguration>;
  readonly name: string;
}

/** A configuration as it was found. */
export interface Bundle extends BundleFacts {
  readonly entries: readonly (readonly Certificate[])[];
  readonly reference: ConfigurationReference;
  readonly resourceVersion: string | undefined;
}

/** The bundles of every configuration that is installed. */
export async function readBundles(
  client: Client,
  references: readonly ConfigurationReference[],
  signal?: AbortSignal,
): Promise<Bundle[]> {
  const options = signal === undefined ? {} : { signal };
  const found = await Promise.all(
    references.map(async (reference) => {
      const configuration = await client.get(reference.kind, { name: reference.name }, options);
      return configuration === undefined ? [] : [bundleOf(reference, configuration)];
    }),
  );
  return found.flat();
}

function bundleOf(reference: ConfigurationReference, { metadata, webhooks = [] }: WebhookConfiguration): Bundle {
  return {
    name: `${reference.kind.kind}/${reference.name}`,
    reference,
    resourceVersion: metadata.resourceVersion,
    entries: webhooks.map(({ clientConfig }) =>
      readBundle(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString()),
    ),
  };
}

/**
 * Writes the bundle into every webhook of the configuration.
 * @returns false when the configuration was changed or deleted meanwhile, so that it has to be read again
 */
export async function writeBundle(client: Client, bundle: Bundle, pem: string, signal?: AbortSignal): Promise<boolean> {
  const caBundle = Buffer.from(pem).toString('base64');
  const patch: Patch = [
    { op: 'test', path: '/metadata/resourceVersion', value: bundle.resourceVersion },
    ...bundle.entries.map((_, index) => ({
      op: 'add',
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value: caBundle,
    })),
  ];
  const { kind, name } = bundle.reference;
  try {
    await client.patch(kind, { name }, patch, signal === undefined ? {} : { signal });
    return true;
  } catch (thrown) {
    const error = asDokkerrError(thrown);
    // 422 is what a failed `test` of a JSON patch is answered with.
    if (error.class === 'conflict' || error.code === 'DKR_API_NOT_FOUND' || error.httpStatus === 422) return false;
    throw error;
  }
}
