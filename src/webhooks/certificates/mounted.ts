/**
 * A certificate that somebody else keeps (cert-manager, or a person): `tls.crt` and `tls.key` in a mounted folder, read
 * again when they change. Who keeps them keeps the bundles too.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Clock, pause } from '#runtime/clock.ts';
import { asDokkerrError, DokkerrError } from '#runtime/errors.ts';
import { ownsKey, readCertificate } from './certificate.ts';
import type { CertificateListener, CertificateSource, ServingCertificate } from './source.ts';

export interface MountedOptions {
  /** folder with `tls.crt` and `tls.key`, as a Secret of type kubernetes.io/tls is mounted */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** milliseconds between looks; polled, because a volume is replaced by moving a link that file watches lose */
  readonly interval: number;
}

export class MountedCertificate implements CertificateSource {
  readonly #options: MountedOptions;
  #served = '';

  constructor(options: MountedOptions) {
    this.#options = options;
  }

  async start(listener: CertificateListener, signal: AbortSignal): Promise<void> {
    this.#offer(await readPair(this.#options.dir), listener);
    this.#follow(listener, signal).catch((thrown: unknown) => {
      this.#options.log.error({ err: asDokkerrError(thrown) }, 'the mounted certificate is no longer followed');
    });
  }

  async #follow(listener: CertificateListener, signal: AbortSignal): Promise<void> {
    const { dir, clock, log, interval } = this.#options;
    for (;;) {
      await pause(clock, interval, signal);
      if (signal.aborted) return;
      try {
        this.#offer(await readPair(dir), listener);
      } catch (thrown) {
        // Read in the middle of a replacement, or broken for good: what is served goes on, the expiry metric warns.
        log.error({ err: asDokkerrError(thrown) }, 'the mounted certificate cannot be used');
      }
    }
  }

  #offer(certificate: ServingCertificate, listener: CertificateListener): void {
    const text = certificate.pem + certificate.key;
    if (text === this.#served) return;
    this.#served = text;
    listener(certificate);
  }
}

/** @throws DKR_CONFIG_INVALID naming the file that is missing or does not fit the other */
async function readPair(dir: string): Promise<ServingCertificate> {
  // One after the other, so that the same lack is told in the same words.
  const pem = await read(join(dir, 'tls.crt'));
  const key = await read(join(dir, 'tls.key'));
  const certificate = readCertificate(pem);
  if (certificate === undefined)
    throw new DokkerrError('DKR_CONFIG_INVALID', `${join(dir, 'tls.crt')} holds no certificate in PEM form`);
  if (!ownsKey(pem, key))
    throw new DokkerrError('DKR_CONFIG_INVALID', `${join(dir, 'tls.key')} is not the key of the certificate beside it`);
  // The whole file: it may carry the chain up to the authority.
  return { pem, key, notBefore: certificate.notBefore, notAfter: certificate.notAfter };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DokkerrError('DKR_CONFIG_INVALID', `cannot read the webhooks' certificate: ${why}`, { cause });
  }
}
