/** The `Client`: verbs on kinds, as requests of a `Transport`, with every refusal turned into a `DokkerrError`. */
import { DokkerrError } from '../errors.ts';
import { exec } from './exec.ts';
import { collectionPath, objectPath, query } from './path.ts';
import { askPod } from './pod-request.ts';
import { defaultRetryPolicy, type RetryPolicy, sendPatiently } from './retry.ts';
import { type Asked, namesAnObject, parseStatus, statusError } from './status-error.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';
import {
  type Applied,
  type ApplyOptions,
  apiVersionOf,
  type Client,
  type DeleteOptions,
  type ExecRequest,
  type ExecResult,
  type Kind,
  type KubernetesObject,
  type List,
  type ListOptions,
  type ObjectKey,
  type Patch,
  type PodAnswer,
  type PodRequest,
  type WriteOptions,
} from './types.ts';

/**
 * Told of every request when it ends: the verb as RBAC names it, the kind, the HTTP status (`error` when there was none)
 * and how long it took, waits for `Retry-After` included.
 */
export type RequestObserver = (verb: string, kind: string, code: string, seconds: number) => void;

export interface ClientOptions {
  /** recorded with every field we write, when a call names no other */
  fieldManager?: string;
  observer?: RequestObserver | undefined;
  retry?: RetryPolicy;
}

/** Objects a page of a list: client-go's figure; the API server caps memory by it, not by the number of objects. */
const pageSize = 500;
/** A list that expires again and again is too slow for its cluster's compaction; said so instead of tried for ever. */
const listAttempts = 3;

export function createClient(transport: Transport, options: ClientOptions = {}): Client {
  return new ApiClient(transport, options);
}

class ApiClient implements Client {
  readonly #transport: Transport;
  readonly #fieldManager: string;
  readonly #observer: RequestObserver | undefined;
  readonly #retry: RetryPolicy;

  constructor(transport: Transport, options: ClientOptions) {
    this.#transport = transport;
    this.#fieldManager = options.fieldManager ?? 'dokkerr';
    this.#observer = options.observer;
    this.#retry = options.retry ?? defaultRetryPolicy;
  }

  async get<T extends KubernetesObject>(
    kind: Kind<T>,
    key: ObjectKey,
    options?: { signal?: AbortSignal },
  ): Promise<T | undefined> {
    const asked: Asked = { verb: 'get', kind, key };
    const response = await this.#send(asked, { method: 'GET', path: objectPath(kind, key) }, options?.signal);
    return isAbsent(response) ? undefined : this.#read<T>(response, asked);
  }

  async list<T extends KubernetesObject>(kind: Kind<T>, options: ListOptions = {}): Promise<List<T>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#listPages(kind, options);
      } catch (thrown) {
        const expired = thrown instanceof DokkerrError && thrown.code === 'DKR_API_EXPIRED';
        if (!expired || attempt >= listAttempts) throw thrown;
      }
    }
  }

  create<T extends KubernetesObject>(kind: Kind<T>, object: Applied<T>, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const asked: Asked = { verb: 'create', kind, key: object.metadata, subresource: options.subresource };
    const path =
      options.subresource === undefined
        ? collectionPath(kind, namespace)
        : objectPath(kind, { ...(namespace === undefined ? {} : { namespace }), name }, options.subresource);
    return this.#write<T>(asked, { method: 'POST', path, body: JSON.stringify(object) }, options);
  }

  update<T extends KubernetesObject>(kind: Kind<T>, object: T, options: WriteOptions = {}): Promise<T> {
    const asked: Asked = { verb: 'update', kind, key: object.metadata, subresource: options.subresource };
    const path = objectPath(kind, object.metadata, options.subresource);
    return this.#write<T>(asked, { method: 'PUT', path, body: JSON.stringify(object), idempotent: true }, options);
  }

  apply<T extends KubernetesObject>(kind: Kind<T>, object: Applied<T>, options: ApplyOptions = {}): Promise<T> {
    const asked: Asked = { verb: 'patch', kind, key: object.metadata, subresource: options.subresource };
    const request: ApiRequest = {
      method: 'PATCH',
      path: objectPath(kind, object.metadata, options.subresource),
      body: JSON.stringify(object),
      contentType: 'application/apply-patch+yaml',
      idempotent: true,
    };
    return this.#write<T>(asked, request, options, { force: options.force ?? true });
  }

  patch<T extends KubernetesObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<T> {
    const asked: Asked = { verb: 'patch', kind, key, subresource: options.subresource };
    const isList = Array.isArray(patch);
    const request: ApiRequest = {
      method: 'PATCH',
      path: objectPath(kind, key, options.subresource),
      body: JSON.stringify(patch),
      contentType: isList ? 'application/json-patch+json' : 'application/merge-patch+json',
      // A JSON patch may append; a merge patch says how it shall be.
      idempotent: !isList,
    };
    return this.#write<T>(asked, request, options);
  }

  async delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): Promise<boolean> {
    const { propagationPolicy = 'Background', uid, gracePeriodSeconds, dryRun } = options;
    const asked: Asked = { verb: 'delete', kind, key };
    const body = JSON.stringify({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy,
      ...(uid === undefined ? {} : { preconditions: { uid } }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(dryRun === true ? { dryRun: ['All'] } : {}),
    });
    const request: ApiRequest = { method: 'DELETE', path: objectPath(kind, key), body, idempotent: true };
    const response = await this.#send(asked, request, options.signal);
    if (isAbsent(response)) return false;
    this.#read(response, asked);
    return true;
  }

  exec(pod: ObjectKey, request: ExecRequest): Promise<ExecResult> {
    // Not observed: how long somebody's program takes says nothing of the API server.
    return exec(this.#transport, pod, request);
  }

  askPod(pod: ObjectKey, request: PodRequest): Promise<PodAnswer> {
    return askPod(this.#transport, pod, request);
  }

  async raw(path: string, options?: { signal?: AbortSignal }): Promise<unknown> {
    const request: ApiRequest = { method: 'GET', path, idempotent: true, signal: options?.signal };
    const response = await sendPatiently(this.#transport, request, this.#retry);
    if (response.status < 300) return parseBody(response.text, path);
    if (response.status === 404) throw new DokkerrError('DKR_API_NOT_FOUND', `the API server serves no ${path}`);
    const kind: Kind = { group: '', version: 'v1', kind: path, plural: path, namespaced: false };
    throw statusError(response, { verb: 'get', kind });
  }

  /** All pages of one consistent list; the API server sends items without the identity that the list states once. */
  async #listPages<T extends KubernetesObject>(kind: Kind<T>, options: ListOptions): Promise<List<T>> {
    const asked: Asked = { verb: 'list', kind, key: { ...(options.namespace && { namespace: options.namespace }) } };
    const apiVersion = apiVersionOf(kind);
    const items: T[] = [];
    let token: string | undefined;
    for (;;) {
      const path = `${collectionPath(kind, options.namespace)}${query({
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
        limit: options.limit ?? pageSize,
        continue: token,
      })}`;
      const response = await this.#send(asked, { method: 'GET', path }, options.signal);
      const page = this.#read<ListPage<T>>(response, asked);
      for (const item of page.items ?? []) {
        item.apiVersion = apiVersion;
        item.kind = kind.kind;
        items.push(item);
      }
      token = page.metadata.continue;
      if (token === undefined || token === '') return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }

  async #write<T>(
    asked: Asked,
    request: ApiRequest,
    options: WriteOptions,
    more: { force?: boolean } = {},
  ): Promise<T> {
    const parameters = query({
      fieldManager: options.fieldManager ?? this.#fieldManager,
      fieldValidation: 'Strict',
      dryRun: options.dryRun === true ? 'All' : undefined,
      ...more,
    });
    const response = await this.#send(asked, { ...request, path: request.path + parameters }, options.signal);
    return this.#read<T>(response, asked);
  }

  async #send(asked: Asked, request: ApiRequest, signal: AbortSignal | undefined): Promise<ApiResponse> {
    const whole = { ...request, idempotent: request.idempotent ?? request.method === 'GET', signal };
    if (this.#observer === undefined) return sendPatiently(this.#transport, whole, this.#retry);
    const startedAt = performance.now();
    let code = 'error';
    try {
      const response = await sendPatiently(this.#transport, whole, this.#retry);
      code = String(response.status);
      return response;
    } finally {
      this.#observer(asked.verb, asked.kind.kind, code, (performance.now() - startedAt) / 1000);
    }
  }

  #read<T>(response: ApiResponse, asked: Asked): T {
    if (response.status >= 300) throw statusError(response, asked);
    return parseBody(response.text, `the answer to ${asked.verb} ${asked.kind.plural}`) as T;
  }
}

interface ListPage<T> {
  metadata: { resourceVersion: string; continue?: string };
  /** null in an empty list of a custom resource of older servers */
  items: T[] | null;
}

/** A 404 that speaks of this object; one of a kind that is not served is an error like any other. */
function isAbsent(response: ApiResponse): boolean {
  return response.status === 404 && namesAnObject(parseStatus(response.text));
}

/** `/readyz` and its like answer in plain text, which stays text. */
function parseBody(text: string, what: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DokkerrError('DKR_API_UNAVAILABLE', `${what} is not JSON, something between us and the API server?`, {
      cause,
    });
  }
}
