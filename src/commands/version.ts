/** `dokkerr version`. */
import { Command } from 'commander';
import { commit, version } from '../identity.ts';
import { fail } from './fail.ts';

export const versionCommand = new Command('version')
  .description('print the version')
  .option('-o, --output <format>', 'json, or text (default: text)')
  .action(({ output = 'text' }: { output?: string }) => {
    if (output !== 'text' && output !== 'json') fail(`--output "${output}": write json or text`);
    process.stdout.write(`${output === 'json' ? JSON.stringify({ version, commit }) : forPeople()}\n`);
  });

function forPeople(): string {
  return commit === undefined ? version : `${version} (${commit})`;
}
