/**
 * A cluster with two volumes, as far as re-binding meets it: Kubernetes' volume controller one write at a time (syncVolume and
 * syncClaim of k8s.io/kubernetes/pkg/controller/volume/persistentvolume/pv_controller.go), its provisioner and deleter, pods that
 * keep claims from going, and a GitOps tool that makes the claim again whenever it misses it.
 */
import { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { Api } from './api.ts';

export const namespace = 'shop';
export const migration = 'shop/move';
/** the claim that people use */
export const named = { namespace, name: 'data' };
/** the claim the new volume was filled under */
export const staging = { namespace, name: 'staging' };

export type Turn =
  | { readonly who: 'claims' | 'volumes' | 'pods' | 'gitops'; readonly pick: number }
  | { readonly who: 'us' }
  | { readonly who: 'crash' };

export class Crash extends Error {}

/** How a cluster differs from another. */
export interface Setting {
  /** of both volumes before anybody changed it */
  readonly policy: 'Delete' | 'Retain';
  /**
   * The tool that makes the claim again as soon as it misses it: as it was, of a class that makes volumes at once; or larger
   * than either volume, of a class that waits for a pod.
   */
  readonly gitops: 'none' | 'same' | 'larger';
}

const everybody = ['pods', 'gitops', 'claims', 'volumes'] as const;

export class World {
  readonly api = new Api();
  readonly client: Client;
  /** what must never happen */
  readonly broken: string[] = [];
  readonly #turns: Iterator<Turn>;
  #made = 0;

  readonly #setting: Setting;

  /** @param turns who comes next, at every request */
  constructor(setting: Setting, turns: Iterable<Turn>) {
    this.#setting = setting;
    this.#turns = turns[Symbol.iterator]();
    this.client = this.api.client(() => this.#others());
    for (const [claim, volume, marks] of [
      [named, 'old', {}],
      [staging, 'new', { 'dokkerr.io/migrated-by': migration }],
    ] as const) {
      this.api.create(PersistentVolumeClaim, claimOf(claim, marks));
      const { uid = '' } = this.claim(claim.name)?.metadata ?? {};
      this.api.write(PersistentVolume, volumeOf(volume, setting.policy, { ...claim, uid }));
    }
    this.settle();
  }

  volume(name: string): PersistentVolume | undefined {
    return this.api.read(PersistentVolume, { name });
  }

  claim(name: string): PersistentVolumeClaim | undefined {
    return this.api.read(PersistentVolumeClaim, { namespace, name });
  }

  /** The volume that a claim's pods get; undefined where they get none. */
  boundTo(name: string): string | undefined {
    const { metadata, spec, status } = this.claim(name) ?? {};
    const volume = spec?.volumeName === undefined ? undefined : this.volume(spec.volumeName);
    const isMutual = status?.phase === 'Bound' && volume?.spec.claimRef?.uid === metadata?.uid;
    return isMutual ? volume?.metadata.name : undefined;
  }

  /** Everybody but us, until nobody has anything left to do. */
  settle(): void {
    for (let before = -1; before !== this.api.version; ) {
      before = this.api.version;
      for (const who of everybody) for (let pick = 0; pick < 4; pick++) this.act(who, pick);
    }
  }

  act(who: Exclude<Turn['who'], 'us' | 'crash'>, pick: number): void {
    const claims = this.api.list(PersistentVolumeClaim);
    const volumes = this.api.list(PersistentVolume);
    const claim = claims[pick % Math.max(1, claims.length)];
    const volume = volumes[pick % Math.max(1, volumes.length)];
    if (who === 'claims' && claim !== undefined) this.#syncClaim(structuredClone(claim));
    if (who === 'volumes' && volume !== undefined) this.#syncVolume(structuredClone(volume));
    if (who === 'pods' && claim?.metadata.deletionTimestamp !== undefined) {
      this.api.drop(PersistentVolumeClaim, claim.metadata);
    }
    const { gitops } = this.#setting;
    if (who === 'gitops' && gitops !== 'none' && this.claim(named.name) === undefined) {
      this.api.create(PersistentVolumeClaim, claimOf(named, {}, gitops === 'larger' ? '2Gi' : '1Gi'));
    }
  }

  #others(): void {
    for (;;) {
      const turn = this.#turns.next();
      if (turn.done === true || turn.value.who === 'us') return;
      if (turn.value.who === 'crash') throw new Crash();
      this.act(turn.value.who, turn.value.pick);
    }
  }

  #syncClaim(claim: PersistentVolumeClaim): void {
    if (claim.metadata.deletionTimestamp !== undefined) return;
    const { volumeName } = claim.spec;
    const volume = volumeName === undefined ? this.#reservedFor(claim) : this.volume(volumeName);
    const isComplete = claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;
    if (volume === undefined) {
      if (volumeName === undefined) this.#provision(claim);
      else if (isComplete) this.#setPhase(claim, 'Lost');
      return;
    }
    const { claimRef } = volume.spec;
    const { namespace: of = '', name, uid = '' } = claim.metadata;
    const mayBind = claimRef === undefined || (claimRef.name === name && claimRef.uid === undefined && !isComplete);
    if (mayBind) this.#writeVolume({ ...volume, spec: { ...volume.spec, claimRef: { namespace: of, name, uid } } });
    else if (claimRef.uid !== uid) this.#setPhase(claim, isComplete ? 'Lost' : 'Pending');
    else this.#complete(claim, volume.metadata.name);
  }

  /** Of a volume reserved for a claim that is larger, the controller does not think. */
  #reservedFor({ metadata, spec }: PersistentVolumeClaim): PersistentVolume | undefined {
    if (spec.resources?.requests?.storage !== '1Gi') return undefined;
    return this.api.list(PersistentVolume).find(({ spec: { claimRef } }) => {
      const isNamed = claimRef?.namespace === metadata.namespace && claimRef?.name === metadata.name;
      return isNamed && (claimRef.uid === undefined || claimRef.uid === metadata.uid);
    });
  }

  #provision({ metadata }: PersistentVolumeClaim): void {
    if (this.#setting.gitops === 'larger') return;
    const { namespace: of = '', name, uid = '' } = metadata;
    this.#writeVolume(volumeOf(`made-${++this.#made}`, 'Delete', { namespace: of, name, uid }));
  }

  #complete(claim: PersistentVolumeClaim, volumeName: string): void {
    if (claim.spec.volumeName === volumeName && claim.status?.phase === 'Bound') return;
    const annotations = { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
    const { storage = '' } = claim.spec.resources?.requests ?? {};
    this.#writeClaim({
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName },
      status: { phase: 'Bound', capacity: { storage } },
    });
  }

  #setPhase(claim: PersistentVolumeClaim, phase: string): void {
    if (phase === 'Lost' && claim.metadata.name === named.name) this.broken.push(`${named.name} lost its volume`);
    if (claim.status?.phase !== phase) this.#writeClaim({ ...claim, status: { ...claim.status, phase } });
  }

  #syncVolume(volume: PersistentVolume): void {
    const { claimRef, persistentVolumeReclaimPolicy: policy } = volume.spec;
    const { name } = volume.metadata;
    const claim = this.claim(claimRef?.name ?? '');
    const isGone = claim?.metadata.uid !== claimRef?.uid || claimRef?.namespace !== namespace;
    const isElsewhere = claim?.spec.volumeName !== undefined && claim.spec.volumeName !== name;
    if (claimRef?.uid === undefined) this.#setVolumePhase(volume, 'Available');
    else if (!isGone && !isElsewhere) this.#setVolumePhase(volume, 'Bound');
    else if (policy === 'Delete' && volume.status?.phase === 'Released') this.#deleteVolume(volume);
    else this.#setVolumePhase(volume, 'Released');
  }

  #setVolumePhase(volume: PersistentVolume, phase: string): void {
    if (volume.status?.phase !== phase) this.#writeVolume({ ...volume, status: { ...volume.status, phase } });
  }

  #deleteVolume({ metadata }: PersistentVolume): void {
    if (metadata.name === 'old' || metadata.name === 'new') this.broken.push(`volume ${metadata.name} was deleted`);
    this.api.drop(PersistentVolume, metadata);
  }

  #writeClaim(claim: PersistentVolumeClaim): void {
    this.api.write(PersistentVolumeClaim, claim);
  }

  #writeVolume(volume: PersistentVolume): void {
    this.api.write(PersistentVolume, volume);
  }
}

/** As people write it. */
export function claimOf(
  key: { namespace: string; name: string },
  annotations: Record<string, string>,
  storage = '1Gi',
) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...key, annotations, labels: { app: 'shop' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName: 'slow' },
  };
}

function volumeOf(
  name: string,
  persistentVolumeReclaimPolicy: string,
  claimRef: { namespace: string; name: string; uid: string },
): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': 'csi' } },
    spec: { persistentVolumeReclaimPolicy, claimRef },
    status: { phase: 'Bound' },
  };
}
