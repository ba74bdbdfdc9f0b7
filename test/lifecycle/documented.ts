/** Commands as the documentation prints them, run as a reader would type them. Relies on bash. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { run } from '#cluster/command.ts';

/** What stands in a block of code. */
export interface Block {
  /** `sh`, `yaml` */
  readonly language: string;
  readonly text: string;
}

/** The blocks of code between that heading of a Markdown file and the next of its level. @throws where there are none */
export async function blocksOf(file: string, heading: string): Promise<Block[]> {
  const sections = (await readFile(file, 'utf8')).split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  if (blocks.length === 0) throw new Error(`${file} has no code under "${heading}"`);
  return blocks.map(([, language = '', text = '']) => ({ language, text }));
}

/** What the documentation leaves to its reader: where images are. */
const readersChoices: readonly (readonly [printed: string, chosen: string])[] = [
  ['REGISTRY/', 'localhost/'],
  ['ghcr.io/example/', 'localhost/'],
];

/** A shell with kubectl and helm in a checkout, except that nothing it writes ends up in the real one. */
export class Reader {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  static async at(folder: string, kubeconfig: string): Promise<Reader> {
    const { kubectl, helm } = await ensureBinaries(['kubectl', 'helm'], { onProgress: () => undefined });
    await mkdir(join(folder, 'bin'), { recursive: true });
    await writeFile(join(folder, 'bin/npm'), npm(resolve('.')), { mode: 0o755 });
    for (const part of ['charts', 'config']) await symlink(resolve(part), join(folder, part));
    const path = [join(folder, 'bin'), dirname(kubectl), dirname(helm), process.env.PATH].join(delimiter);
    return new Reader(folder, { ...process.env, PATH: path, KUBECONFIG: kubeconfig });
  }

  /** Types a block line by line; resolves to what it printed, rejects at the first command that fails. */
  async follow({ language, text }: Block): Promise<string> {
    if (language !== 'sh') throw new Error(`a block of ${language} is nothing to run`);
    const script = ['set -e', chosen(text)].join('\n');
    return run('bash', ['-c', script], { cwd: this.#folder, env: this.#env });
  }

  /** Saves a block under that name, where commands find it. */
  save(name: string, { text }: Block): Promise<void> {
    return writeFile(join(this.#folder, name), chosen(text));
  }
}

function chosen(text: string): string {
  return readersChoices.reduce((done, [printed, choice]) => done.replaceAll(printed, choice), text);
}

/** `npm run NAME -- ARGS` as npm would run it, in the reader's folder and without looking whether packages are installed. */
function npm(checkout: string): string {
  return `#!/bin/bash
# What the program itself asks of npm is not the documentation's.
[[ $1 == sbom ]] && PATH=\${PATH#*:} exec npm "$@"
[[ $1 == run && $3 == -- ]] || { echo "npm: the documentation says: npm $*" >&2; exit 1; }
command=$(sed -n "s|^ *\\"$2\\": \\"exec scripts/run \\\\(.*\\\\)\\",*$|\\\\1|p" ${checkout}/package.json)
[[ -n $command ]] || { echo "npm: package.json runs $2 in a way this stand-in does not know" >&2; exit 1; }
exec ${process.execPath} "${checkout}/$command" "\${@:4}"
`;
}
