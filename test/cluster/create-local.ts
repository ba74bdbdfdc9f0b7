// Creates a cluster of our own. Every thing is noted in the cluster's record before or as it comes into being, so what
// is cut short at any moment can be removed; every program starts as soon as its binary and what it needs are there.
import { join, resolve } from 'node:path';
import { applyManifests, waitForNode } from './api.ts';
import type { BinaryName } from './binaries/catalog.ts';
import { startBinaries } from './binaries/ensure.ts';
import { createCgroups } from './cgroups.ts';
import type { Cluster, ClusterOptions } from './cluster.ts';
import { importImage } from './containerd.ts';
import type { ClusterContext, OnProgress } from './context.ts';
import { ensureHostPackages } from './host-packages.ts';
import { identify } from './identity.ts';
import { ensurePauseImage } from './images/pause.ts';
import { onInterrupt } from './interrupt.ts';
import { contextOf, openCluster, type StartedRecord } from './local.ts';
import { startInit } from './namespaces.ts';
import { createNetwork } from './netns.ts';
import { prepareNode } from './node.ts';
import { insideLauncher, Processes } from './processes.ts';
import { clusterPrograms, type Program } from './programs.ts';
import { dismissUndertaker, reapLocked, removeCluster, startUndertaker } from './reap.ts';
import * as state from './state.ts';
import { together } from './together.ts';

/** Notes the new cluster as ours, after everything that dead owners left was removed. Rejects if the name is taken. */
async function claimName(name: string, owner: number, onProgress: OnProgress) {
  const identity = identify(owner);
  if (!identity) throw new Error(`the owner, process ${owner}, does not run`);
  const dir = join(state.stateRoot(), name);
  const createdAt = new Date().toISOString();
  const record = { name, dir, createdAt, owner: identity, id: state.clusterId(name, dir) };
  await state.withStateLock(async () => {
    await reapLocked(onProgress);
    if (await state.readRecord(name)) {
      throw new Error(
        `cluster ${name} runs already: take it down first with \`npm run cluster -- down --name ${name}\``,
      );
    }
    await state.writeRecord(record);
  });
  return record;
}

/** Makes the namespaces and cgroups of the cluster. */
async function createNamespaces(claimed: state.ClusterRecord, owner: number): Promise<StartedRecord> {
  const undertaker = startUndertaker(owner);
  const watched = { ...claimed, ...(undertaker ? { undertaker } : {}) };
  await state.writeRecord(watched);
  const { slot } = await createNetwork(claimed.id);
  await state.writeRecord({ ...watched, slot });
  const record = { ...watched, slot, init: await startInit(claimed.id) };
  await state.writeRecord(record);
  await createCgroups(claimed.id);
  await prepareNode(contextOf(record));
  return record;
}

/** What a cluster is made of. */
interface Content {
  readonly programs: readonly Program[];
  /** OCI archives to import */
  readonly images: readonly Promise<string>[];
}

/** Starts every program and resolves to the cluster's record with the paths of all binaries. */
async function startPrograms(
  record: StartedRecord,
  { programs, images }: Content,
  controller: AbortController,
  onProgress: OnProgress,
): Promise<StartedRecord> {
  const { signal } = controller;
  const base = contextOf(record);
  const names = new Set<BinaryName>([...programs.flatMap((program) => program.binaries), 'kubectl']);
  const binaries = startBinaries([...names], { onProgress, signal });
  const processes = new Processes(record.dir, insideLauncher(record.init), onProgress);
  const having = async (wanted: readonly BinaryName[]): Promise<ClusterContext> => {
    const paths = await Promise.all(wanted.map(async (name) => [name, await binaries.binary(name)] as const));
    return { ...base, binaries: Object.fromEntries(paths) };
  };

  const started = new Map<string, Promise<void>>();
  const ready = (name: string): Promise<void> => {
    const promise = started.get(name);
    if (!promise) throw new Error(`${name} is to be started before another program but is none`);
    return promise;
  };
  const start = async ({ binaries: wanted, after = ['kube-apiserver'], ...program }: Program): Promise<void> => {
    const [ctx] = await Promise.all([having(wanted), ...after.map(ready)]);
    signal.throwIfAborted();
    await program.prepare?.(ctx);
    await Promise.all(program.processes(ctx).map((spec) => processes.start(spec, signal)));
    const manifests = program.manifests?.(ctx) ?? [];
    if (manifests.length > 0) await applyManifests(ctx, manifests);
  };
  for (const program of programs) started.set(program.name, start(program));
  const load = async (image: Promise<string>): Promise<void> => {
    const [ctx, archive] = await Promise.all([having(['ctr']), image, ready('containerd')]);
    await importImage(ctx, archive);
  };
  // Not before a kubelet runs: on a first start its container runtime may have to be built.
  const nodeReady = ready('kubelet').then(() => waitForNode(base, signal, onProgress));
  await together(controller, [...started.values(), ...[ensurePauseImage(onProgress), ...images].map(load), nodeReady]);
  return { ...record, binaries: await binaries.all() };
}

/** Creates a cluster and resolves when its node takes pods. Rejects, leaving nothing behind, if that fails. */
export async function createLocalCluster(options: ClusterOptions): Promise<Cluster> {
  const { onProgress = () => undefined, owner, storage = true, snapshots = true, images = [] } = options;
  const name = options.name ?? state.defaultClusterName(resolve(import.meta.dirname, '../..'));
  state.checkClusterName(name);
  await ensureHostPackages(onProgress);
  // A detached cluster lives for its creator until it is whole: what is half made when that dies is worth nothing.
  const creator = owner === 'detached' ? process.pid : owner;
  const claimed = await claimName(name, creator, onProgress);
  const controller = new AbortController();
  const content = { programs: clusterPrograms({ storage, snapshots }), images };
  const creation = create(claimed, creator, content, controller, onProgress);
  const forgetCreation = onInterrupt(async () => {
    controller.abort(new Error('interrupted'));
    await Promise.allSettled([creation]);
    await removeCluster(name);
  });
  try {
    const record = await creation;
    if (owner !== 'detached') {
      const forget = onInterrupt(() => removeCluster(name));
      return openCluster(record, onProgress, forget);
    }
    await state.writeRecord({ ...record, owner });
    if (record.undertaker) dismissUndertaker(record.undertaker);
    return openCluster(record, onProgress);
  } finally {
    forgetCreation();
  }
}

async function create(
  claimed: state.ClusterRecord,
  creator: number,
  content: Content,
  controller: AbortController,
  onProgress: OnProgress,
): Promise<StartedRecord> {
  try {
    const record = await startPrograms(await createNamespaces(claimed, creator), content, controller, onProgress);
    await state.writeRecord(record);
    return record;
  } catch (error) {
    await removeCluster(claimed.name);
    throw error;
  }
}
