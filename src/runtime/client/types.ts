/**
 * Kubernetes objects and the client's contract, as plain JSON: what the API server sends, not client-node's classes
 * (whose dates are `Date` objects). client-node's types serve for specs, by `import type`, which costs nothing at run time.
 */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  /** RFC 3339 */
  creationTimestamp?: string;
  /** RFC 3339 */
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
  generateName?: string;
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** What the API server needs to know of a kind; `T` is the shape of its objects. */
export interface Kind<T extends KubernetesObject = KubernetesObject> {
  /** '' for the core group */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** lower case, as in the URL and in RBAC rules */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set; carries `T`. */
  readonly objectType?: T;
}

/** Where an object lives. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** page size; pages are followed until the end unless `continue` handling is the caller's (see `listPage`) */
  limit?: number;
  signal?: AbortSignal;
}

export interface List<T> {
  items: T[];
  resourceVersion: string;
}

export interface WriteOptions {
  /** field manager recorded by the API server; the client's own when absent */
  fieldManager?: string;
  dryRun?: boolean;
  signal?: AbortSignal;
  subresource?: 'status' | 'scale';
}

export interface ApplyOptions extends WriteOptions {
  /** take fields over from other managers (default true: a child is ours) */
  force?: boolean;
}

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** delete only this very object */
  uid?: string;
  gracePeriodSeconds?: number;
  dryRun?: boolean;
  signal?: AbortSignal;
}

/** A program to run in a container of a pod. */
export interface ExecRequest {
  readonly container: string;
  /** the program and its arguments; no shell */
  readonly command: readonly string[];
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface PodRequest {
  readonly port: number;
  /** with its query, starting with a slash */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** milliseconds without a byte of an answer */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface PodAnswer {
  /** of HTTP */
  readonly status: number;
  /** the first 4 KiB of the body; why nobody answered, where nobody did */
  readonly text: string;
}

export interface ExecResult {
  /** absent when it could not be begun */
  readonly exitCode?: number;
  /** why it could not be begun */
  readonly message?: string;
  /** the last 4 KiB of each output */
  readonly stdout: string;
  readonly stderr: string;
}

/** A merge patch (RFC 7386) or a JSON patch (RFC 6902), told apart by being an object or a list. */
export type Patch = Record<string, unknown> | { op: string; path: string; value?: unknown; from?: string }[];

/** An object to apply: what we want to own of it, with its identity. */
export type Applied<T extends KubernetesObject> = Partial<T> & {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
};

/**
 * The API server. Every method throws a `DokkerrError` whose class decides what happens next; a 404 of `get` is
 * `undefined`, of `delete` is success, because both are answers, not failures.
 */
export interface Client {
  get<T extends KubernetesObject>(
    kind: Kind<T>,
    key: ObjectKey,
    options?: { signal?: AbortSignal },
  ): Promise<T | undefined>;
  /** All pages, as one consistent list. */
  list<T extends KubernetesObject>(kind: Kind<T>, options?: ListOptions): Promise<List<T>>;
  create<T extends KubernetesObject>(kind: Kind<T>, object: Applied<T>, options?: WriteOptions): Promise<T>;
  /** Replace; fails with `DKR_API_CONFLICT` when `metadata.resourceVersion` is given and old. */
  update<T extends KubernetesObject>(kind: Kind<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply with `fieldValidation=Strict`. */
  apply<T extends KubernetesObject>(kind: Kind<T>, object: Applied<T>, options?: ApplyOptions): Promise<T>;
  patch<T extends KubernetesObject>(kind: Kind<T>, key: ObjectKey, patch: Patch, options?: WriteOptions): Promise<T>;
  /** Resolves to true when something was there to delete. */
  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<boolean>;
  /**
   * Runs a program in a running pod; resolves when it has ended, whatever its exit code. Fails with DKR_API_UNREACHABLE
   * when the connection was lost on the way: then nobody knows how it ended.
   */
  exec(pod: ObjectKey, request: ExecRequest): Promise<ExecResult>;
  /**
   * Asks a program in a running pod over HTTP; resolves to its answer, whatever its status. Fails as `exec` does when the
   * connection was lost on the way.
   */
  askPod(pod: ObjectKey, request: PodRequest): Promise<PodAnswer>;
  /** The body of any GET path as JSON: discovery, `/version`, `/readyz?verbose` and the like. */
  raw(path: string, options?: { signal?: AbortSignal }): Promise<unknown>;
}

/** `namespace/name`, or `name` for a cluster-scoped object: the key of queues and caches. */
export function keyOf(object: { metadata: ObjectMeta } | ObjectKey): string {
  const { namespace, name } = 'metadata' in object ? object.metadata : object;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The inverse of `keyOf`. */
export function parseKey(key: string): ObjectKey {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(kind: Kind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
