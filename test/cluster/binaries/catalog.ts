// Which programs the local cluster and its tests run, at which version, and where each comes from. Pure data: a version
// is changed here and in the group's go.mod, nowhere else. `ensure.ts` turns a name from here into a path.

/** How a group is published as a finished build. Braces are filled by `download.ts`. */
export interface Download {
  /**
   * Address of the file. `{version}` is the group's version (`v1.2.3`), `{number}` the same without the `v`, `{arch}`
   * `amd64` or `arm64`, `{binary}` the program; an address with `{binary}` is fetched once for each program.
   */
  readonly url: string;
  /** Address of the published SHA-256: the bare sum, or lines of `<sum>  <file name>`. May also use `{url}`. */
  readonly checksums: string;
  /** `file` is the program itself, `bz2` the same compressed, `tar.gz` an archive that has it at `member`. */
  readonly format: 'file' | 'bz2' | 'tar.gz';
  /** Path of a program inside the archive; may use the same braces. */
  readonly member?: string;
}

/** Programs that come out of one Go module and are had or missing together. */
export interface BinaryGroup {
  /** Released version with its `v`, shown in progress lines and part of the cache key. */
  readonly version: string;
  /** Version of the Go module where that differs (`v0.316.0` for Prometheus v3.16.0). */
  readonly moduleVersion?: string;
  /** Folder of the committed go.mod, relative to `test/cluster`. */
  readonly module: string;
  /** The module is our own source, so its Go files are part of the cache key too. */
  readonly ownSource?: boolean;
  /**
   * Built with the versions that its go.mod alone gives, not with those of `go.work`, by which the others share what is
   * compiled: where newer libraries than its own do not fit, or would bring more than they save.
   */
  readonly standsAlone?: boolean;
  /** Name of each program and the Go package it is built from. */
  readonly programs: Readonly<Record<string, string>>;
  readonly ldflags?: string;
  readonly tags?: readonly string[];
  /** Linked with C code: a C compiler and libseccomp are needed (`libseccomp.ts`). */
  readonly libseccomp?: boolean;
  /** Absent where the project publishes images only, or nothing for this version. */
  readonly download?: Download;
  /** Time of a cold build on 2 idle cores, after those before it, seconds, roughly; said to whoever waits. */
  readonly buildSeconds: number;
}

/** Every group. Their order is the order of building: the longest first, then what a starting cluster asks for first. */
export const catalog = {
  kubernetes: {
    version: 'v1.37.2',
    module: 'binaries/kubernetes',
    programs: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
    },
    ldflags: [
      '-X k8s.io/component-base/version.gitVersion=v1.37.2',
      '-X k8s.io/component-base/version.gitMajor=1',
      '-X k8s.io/component-base/version.gitMinor=37',
    ].join(' '),
    download: {
      url: 'https://dl.k8s.io/release/{version}/bin/linux/{arch}/{binary}',
      checksums: '{url}.sha256',
      format: 'file',
    },
    buildSeconds: 450,
  },
  etcd: {
    version: 'v3.7.3',
    module: 'binaries/etcd',
    programs: { etcd: 'go.etcd.io/etcd/server/v3' },
    download: {
      url: 'https://github.com/etcd-io/etcd/releases/download/{version}/etcd-{version}-linux-{arch}.tar.gz',
      checksums: 'https://github.com/etcd-io/etcd/releases/download/{version}/SHA256SUMS',
      format: 'tar.gz',
      member: 'etcd-{version}-linux-{arch}/{binary}',
    },
    buildSeconds: 10,
  },
  containerd: {
    version: 'v2.4.2',
    module: 'binaries/containerd',
    programs: {
      containerd: 'github.com/containerd/containerd/v2/cmd/containerd',
      'containerd-shim-runc-v2': 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
      ctr: 'github.com/containerd/containerd/v2/cmd/ctr',
    },
    tags: ['no_btrfs'],
    download: {
      url: 'https://github.com/containerd/containerd/releases/download/{version}/containerd-{number}-linux-{arch}.tar.gz',
      checksums: '{url}.sha256sum',
      format: 'tar.gz',
      member: 'bin/{binary}',
    },
    buildSeconds: 45,
  },
  runc: {
    version: 'v1.5.2',
    module: 'binaries/runc',
    programs: { runc: 'github.com/opencontainers/runc' },
    tags: ['seccomp', 'netgo', 'osusergo'],
    ldflags: '-extldflags -static',
    libseccomp: true,
    download: {
      url: 'https://github.com/opencontainers/runc/releases/download/{version}/runc.{arch}',
      checksums: 'https://github.com/opencontainers/runc/releases/download/{version}/runc.sha256sum',
      format: 'file',
    },
    buildSeconds: 10,
  },
  cni: {
    version: 'v1.9.1',
    module: 'binaries/cni',
    programs: {
      bridge: 'github.com/containernetworking/plugins/plugins/main/bridge',
      'host-local': 'github.com/containernetworking/plugins/plugins/ipam/host-local',
      loopback: 'github.com/containernetworking/plugins/plugins/main/loopback',
      portmap: 'github.com/containernetworking/plugins/plugins/meta/portmap',
    },
    download: {
      url: 'https://github.com/containernetworking/plugins/releases/download/{version}/cni-plugins-linux-{arch}-{version}.tgz',
      checksums: '{url}.sha256',
      format: 'tar.gz',
      member: './{binary}',
    },
    buildSeconds: 15,
  },
  coredns: {
    version: 'v1.15.0',
    module: 'binaries/coredns',
    programs: { coredns: 'github.com/coredns/coredns' },
    download: {
      url: 'https://github.com/coredns/coredns/releases/download/{version}/coredns_{number}_linux_{arch}.tgz',
      checksums: '{url}.sha256',
      format: 'tar.gz',
      member: 'coredns',
    },
    buildSeconds: 50,
  },
  'csi-hostpath': {
    version: 'v0.1.0',
    module: 'storage/csi-hostpath',
    ownSource: true,
    programs: { 'csi-hostpath': 'dokkerr.io/test/cluster/storage/csi-hostpath' },
    buildSeconds: 20,
  },
  'external-provisioner': {
    version: 'v6.4.0',
    module: 'binaries/external-provisioner',
    programs: { 'csi-provisioner': 'github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner' },
    buildSeconds: 30,
  },
  'external-resizer': {
    version: 'v2.3.0',
    module: 'binaries/external-resizer',
    programs: { 'csi-resizer': 'github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer' },
    buildSeconds: 10,
  },
  'external-snapshotter': {
    version: 'v8.7.0',
    module: 'binaries/external-snapshotter',
    programs: {
      'csi-snapshotter': 'github.com/kubernetes-csi/external-snapshotter/v8/cmd/csi-snapshotter',
      'snapshot-controller': 'github.com/kubernetes-csi/external-snapshotter/v8/cmd/snapshot-controller',
    },
    buildSeconds: 10,
  },
  // What follows is wanted by single tests, which ask for it by name; no cluster needs it.
  restic: {
    version: 'v0.19.1',
    module: 'binaries/restic',
    programs: { restic: 'github.com/restic/restic/cmd/restic' },
    download: {
      url: 'https://github.com/restic/restic/releases/download/{version}/restic_{number}_linux_{arch}.bz2',
      checksums: 'https://github.com/restic/restic/releases/download/{version}/SHA256SUMS',
      format: 'bz2',
    },
    buildSeconds: 40,
  },
  minio: {
    // The community server is archived; this is its last state.
    version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
    module: 'binaries/minio',
    standsAlone: true,
    programs: { minio: 'github.com/minio/minio' },
    buildSeconds: 120,
  },
  prometheus: {
    version: 'v3.16.0',
    moduleVersion: 'v0.316.0',
    module: 'binaries/prometheus',
    standsAlone: true,
    programs: {
      prometheus: 'github.com/prometheus/prometheus/cmd/prometheus',
      promtool: 'github.com/prometheus/prometheus/cmd/promtool',
    },
    // Without service discovery, which no test uses and which brings the libraries of twenty clouds.
    tags: ['remove_all_sd'],
    download: {
      url: 'https://github.com/prometheus/prometheus/releases/download/{version}/prometheus-{number}.linux-{arch}.tar.gz',
      checksums: 'https://github.com/prometheus/prometheus/releases/download/{version}/sha256sums.txt',
      format: 'tar.gz',
      member: 'prometheus-{number}.linux-{arch}/{binary}',
    },
    buildSeconds: 150,
  },
  helm: {
    version: 'v4.3.1',
    module: 'binaries/helm',
    programs: { helm: 'helm.sh/helm/v4/cmd/helm' },
    download: {
      url: 'https://get.helm.sh/helm-{version}-linux-{arch}.tar.gz',
      checksums: '{url}.sha256sum',
      format: 'tar.gz',
      member: 'linux-{arch}/{binary}',
    },
    buildSeconds: 15,
  },
  kwok: {
    version: 'v0.8.0',
    module: 'binaries/kwok',
    standsAlone: true,
    programs: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    buildSeconds: 90,
  },
} as const satisfies Readonly<Record<string, BinaryGroup>>;

type Catalog = typeof catalog;

/** Name of a group in the catalogue, such as `kubernetes`. */
export type GroupName = keyof Catalog;

/** Name of a program in the catalogue, such as `kube-apiserver`. */
export type BinaryName = { [G in GroupName]: keyof Catalog[G]['programs'] & string }[GroupName];

/** Names of every group in order of building. */
export const groupNames = Object.keys(catalog) as readonly GroupName[];

const owners: ReadonlyMap<string, GroupName> = new Map(
  groupNames.flatMap((group) => Object.keys(catalog[group].programs).map((program) => [program, group] as const)),
);

/** The group a program comes out of. Throws for a name the catalogue does not have. */
export function groupOf(name: BinaryName): GroupName {
  const group = owners.get(name);
  if (group === undefined) throw new Error(`no group of the catalogue builds ${name}`);
  return group;
}
