/** Where a mover finds its request, its secrets and its data, and where it leaves its result: what its pod has to mount. */

/** Environment variable with the request, JSON as `request.ts` has it. Nothing secret stands in it. */
export const requestVariable = 'DOKKERR_MOVER_REQUEST';

/** Names of the files in the mounted Secrets; a Secret's keys are called the same. */
export const credentialFiles = {
  accessKeyId: 'accessKeyId',
  secretAccessKey: 'secretAccessKey',
  /** only for temporary credentials */
  sessionToken: 'sessionToken',
} as const;

/** The file with a repository's password, and the key of its Secret. */
export const passwordFile = 'password';

/** Absolute paths inside a mover's container. */
export interface MoverFiles {
  /** folder of `credentialFiles` */
  readonly credentials: string;
  /** folder of `passwordFile` */
  readonly key: string;
  /** folder of the `passwordFile` to add; mounted for `addKey` only */
  readonly newKey: string;
  /** certificates, PEM, that the store is trusted by instead of the system's own; need not exist */
  readonly caBundle: string;
  /** a writable folder; what is kept there between runs spares reading the repository's index anew */
  readonly cache: string;
  /** the volume to read or to write */
  readonly data: string;
  /** the volume that `data` is compared with; mounted where something is */
  readonly source: string;
  /** where Kubernetes takes the termination message from */
  readonly result: string;
}

/** The paths every mover pod mounts. */
export const moverFiles: MoverFiles = {
  credentials: '/run/dokkerr/credentials',
  key: '/run/dokkerr/key',
  newKey: '/run/dokkerr/new-key',
  caBundle: '/run/dokkerr/ca/ca.crt',
  cache: '/cache',
  data: '/data',
  source: '/source',
  result: '/dev/termination-log',
};
