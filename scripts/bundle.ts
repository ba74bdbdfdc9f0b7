/**
 * `scripts/run scripts/bundle.ts FOLDER`: lays out in FOLDER what the operator's image adds to its base, as a tree of its
 * root. That is the bundled program, the Node it was tested with, restic, and their licences. Also run inside the Dockerfile.
 */

import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Plugin, rolldown } from 'rolldown';

const checkout = resolve(import.meta.dirname, '..');

/** The image has Node at this place, and its base need not have `env`. */
const node = '/usr/local/bin/node';

/**
 * How Node is started there; Linux takes no more than one flag from a program's first line. Objects that a watch brings in
 * live either for a moment or for long, so a small nursery loses nothing and spares its three copies (docs/benchmarks.md).
 */
export const nodeFlag = '--max-semi-space-size=4';

const interpreter: Plugin = {
  name: 'interpreter',
  renderChunk: (code) => code.replace(/^#!.*/, `#!${node} ${nodeFlag}`),
};

/**
 * One character beyond Latin-1, and V8 keeps the whole text of a file in two bytes a character for as long as it runs. Done
 * when all else is: the bundler's printer would write the characters themselves again.
 */
const oneByteText: Plugin = {
  name: 'one-byte-text',
  generateBundle: (_, files) => {
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = inOneByte(file.code);
  },
};

const inOneByte = (code: string) =>
  code.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Writes the program into `folder`: `dokkerr.js` and the chunks it loads when a role needs them. Chunks stay apart and
 * names stay readable because both measured best: one file starts slower, a minified one no faster (docs/image.md).
 */
export async function bundle(folder: string): Promise<void> {
  await bundleProgram({ dokkerr: join(checkout, 'src/main.ts') }, folder);
  await chmod(join(folder, 'dokkerr.js'), 0o755);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
}

/** Writes programs, each as `<name>.js`, and the chunks they load. @param input the main file of each, by its name */
export async function bundleProgram(input: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const program = await rolldown({
    input: { ...input },
    cwd: checkout,
    platform: 'node',
    // For terminals only; the logger does without it where it is not installed.
    external: ['pino-pretty'],
    plugins: [interpreter, oneByteText],
  });
  try {
    await program.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      comments: { legal: true, annotation: false, jsdoc: false },
    });
  } finally {
    await program.close();
  }
}

/** What the program is called as: by itself, and as kubectl looks for a plugin and for what completes its words. */
const names = ['dokkerr', 'kubectl-dokkerr', 'kubectl_complete-dokkerr'];

/** Lays out the tree: `usr/local/bin` with Node and the program, `usr/local/lib/dokkerr` and the licence. */
export async function layOutProgram(root: string): Promise<void> {
  const local = join(root, 'usr/local');
  const documents = join(local, 'share/doc/dokkerr');
  await Promise.all(['bin', 'lib/dokkerr'].map((folder) => mkdir(join(local, folder), { recursive: true })));
  await mkdir(documents, { recursive: true });
  await Promise.all([
    bundle(join(local, 'lib/dokkerr')),
    copyNode(join(local, 'bin/node')),
    ...names.map((name) => symlink('../lib/dokkerr/dokkerr.js', join(local, 'bin', name))),
    copyFile(join(checkout, 'LICENSE'), join(documents, 'LICENSE')),
  ]);
}

/** Without debug information and symbols the same Node is 116 MB instead of 150 MB. */
async function copyNode(target: string): Promise<void> {
  await promisify(execFile)('strip', ['-o', target, join(checkout, 'node_modules/node/bin/node')]);
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('say into which folder: scripts/bundle.ts FOLDER');
  const { layOutRestic } = await import('./image/restic.ts');
  await layOutProgram(resolve(folder));
  await layOutRestic(resolve(folder), (line) => console.log(line));
}
