/**
 * `npm run generate`: writes everything that follows from the source. `npm run generate -- --check` writes nothing, and
 * names each file that is not current with exit code 1.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generators } from './generate/generators.ts';
import { findStale, refresh, shortDiff } from './generate/stale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const stale = (await Promise.all(generators.map((generator) => findStale(root, generator)))).flat();
if (values.check) {
  for (const file of stale) console.error(`${file.path} is stale\n${shortDiff(file)}`);
  if (stale.length > 0) {
    console.error('run npm run generate, and commit what it writes');
    process.exitCode = 1;
  }
} else {
  for (const file of stale) {
    await refresh(root, file);
    console.log(`${file.expected === undefined ? 'removed' : 'wrote'} ${file.path}`);
  }
}
