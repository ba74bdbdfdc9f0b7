import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../command.ts';
import { type ImageSpec, writeOciArchive } from './oci-archive.ts';

let dir: string;
let spec: ImageSpec;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dokkerr-oci-'));
  await mkdir(join(dir, 'root/data'), { recursive: true });
  await writeFile(join(dir, 'root/hello'), 'hello\n', { mode: 0o755 });
  spec = { name: 'localhost/hello:1.0', root: join(dir, 'root'), entrypoint: ['/hello'], user: '1:1', env: { A: 'b' } };
});
afterEach(() => rm(dir, { recursive: true }));

type Index = { manifests: [{ digest: string; annotations: Record<string, string> }] };
type Manifest = { config: { digest: string }; layers: [{ digest: string }] };
type Config = { rootfs: { diff_ids: string[] }; config: object };

async function unpack(archive: string): Promise<string> {
  const into = await mkdtemp(join(dir, 'unpacked-'));
  await run('tar', ['--extract', '--file', archive, '--directory', into]);
  return into;
}

const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('an OCI archive', () => {
  it('holds every blob under the digest of its content', async () => {
    await writeOciArchive(spec, join(dir, 'image.tar'));
    const blobs = join(await unpack(join(dir, 'image.tar')), 'blobs/sha256');
    const names = await readdir(blobs);
    expect(names).toHaveLength(3);
    for (const name of names) expect(digest(await readFile(join(blobs, name)))).toBe(name);
  });

  it('leads from index to manifest to configuration and layer', async () => {
    await writeOciArchive(spec, join(dir, 'image.tar'));
    const image = await unpack(join(dir, 'image.tar'));
    const read = async <T>(path: string) => JSON.parse(await readFile(join(image, path), 'utf8')) as T;
    const blob = (name: string) => `blobs/sha256/${name.replace('sha256:', '')}`;
    const index = await read<Index>('index.json');
    expect(index.manifests[0].annotations['io.containerd.image.name']).toBe('localhost/hello:1.0');
    const manifest = await read<Manifest>(blob(index.manifests[0].digest));
    const config = await read<Config>(blob(manifest.config.digest));
    expect(config.rootfs.diff_ids).toEqual([manifest.layers[0].digest]);
    expect(config.config).toEqual({ Entrypoint: ['/hello'], User: '1:1', Env: ['A=b'] });
    const layer = await run('tar', ['--list', '--file', join(image, blob(manifest.layers[0].digest))]);
    expect(layer.trim().split('\n')).toEqual(['./', './data/', './hello']);
  });

  it('is the same to the byte for the same files', async () => {
    await writeOciArchive(spec, join(dir, 'one.tar'));
    await writeOciArchive(spec, join(dir, 'other.tar'));
    expect(digest(await readFile(join(dir, 'one.tar')))).toBe(digest(await readFile(join(dir, 'other.tar'))));
  });

  it('leaves nothing behind when its files cannot be read', async () => {
    await expect(writeOciArchive({ ...spec, root: join(dir, 'none') }, join(dir, 'image.tar'))).rejects.toThrow('tar');
    expect(await readdir(dir)).toEqual(['root']);
  });
});
