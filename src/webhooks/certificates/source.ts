/** Where the server's certificate comes from: made here (`rotation.ts`), or mounted by somebody else (`mounted.ts`). */

/** PEM texts to serve with, and when the certificate begins and ceases to be valid. */
export interface ServingCertificate {
  readonly pem: string;
  readonly key: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Called with the first certificate and with every one that takes its place. */
export type CertificateListener = (certificate: ServingCertificate) => void;

export interface CertificateSource {
  /**
   * Resolves once the listener has been given a certificate; keeps it current until `signal` aborts.
   * @throws DKR_API_FORBIDDEN, DKR_CONFIG_INVALID: what no waiting would cure
   */
  start(listener: CertificateListener, signal: AbortSignal): Promise<void>;
}
