/**
 * The image's bill of materials, CycloneDX 1.5: npm's own for the packages, and beside them Node, restic and what the base has
 * from Debian. Pure but for asking npm.
 */
import { run } from '#cluster/command.ts';
import type { DebianPackage } from './dpkg.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly cpe?: string;
}

/** The parts of CycloneDX that are read or written here; the others are passed on as npm wrote them. */
export interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp?: string; readonly component: { readonly name: string } };
  readonly components: readonly Component[];
}

/** What the image is called by and consists of. */
export interface SbomSubject {
  /** SHA-256 of the image's inputs, hexadecimal. */
  readonly digest: string;
  /** RFC 3339; absent where no commit is known. */
  readonly committedAt?: string;
  readonly nodeVersion: string;
  /** with its `v` */
  readonly resticVersion: string;
  readonly packages: readonly DebianPackage[];
}

/** Resolves to npm's bill for what production needs, by the lock file alone. */
export async function npmSbom(checkout: string): Promise<Sbom> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--omit', 'dev'];
  return JSON.parse(await run('npm', [...args, '--package-lock-only'], { cwd: checkout })) as Sbom;
}

/** npm's bill made one of the whole image; the same inputs give the same text, so number and time come from them. */
export function imageSbom(npm: Sbom, { digest, committedAt, nodeVersion, resticVersion, packages }: SbomSubject): Sbom {
  const { timestamp: _now, ...metadata } = npm.metadata;
  return {
    ...npm,
    serialNumber: `urn:uuid:${uuidOf(digest)}`,
    metadata: {
      ...metadata,
      ...(committedAt === undefined ? {} : { timestamp: new Date(committedAt).toISOString() }),
      component: { ...metadata.component, name: 'dokkerr' },
    },
    components: [
      ...npm.components,
      nodeComponent(nodeVersion),
      resticComponent(resticVersion),
      ...packages.map(debianComponent),
    ],
  };
}

/** Scanners know Node's vulnerabilities by its CPE, not by the npm package that carries it. */
function nodeComponent(version: string): Component {
  const purl = `pkg:generic/node@${version}`;
  const cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  return { 'bom-ref': purl, type: 'platform', name: 'node.js', version, purl, cpe };
}

/** Scanners read the modules it is built of from the program itself. */
function resticComponent(version: string): Component {
  const purl = `pkg:golang/github.com/restic/restic@${version}`;
  return { 'bom-ref': purl, type: 'application', name: 'restic', version, purl };
}

function debianComponent({ name, version, architecture }: DebianPackage): Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { 'bom-ref': purl, type: 'library', name, version, purl };
}

/** A UUID of version 8 (RFC 9562: content as one likes) out of a digest. */
function uuidOf(digest: string): string {
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
