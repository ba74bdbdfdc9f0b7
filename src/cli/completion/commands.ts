/** `dokkerr completion`, and the hidden command that the shells' scripts ask. */
import { Argument, Command } from 'commander';
import { cliExitCodes } from '../exit-codes.ts';
import { type Candidates, complete, startingWith, type Word } from './complete.ts';
import { askCommand, completionScript, directives, type Shell, shells } from './scripts.ts';

export function completionCommand(): Command {
  return new Command('completion')
    .description('print what makes a shell complete commands, options and names')
    .addArgument(new Argument('<shell>', 'which').choices(shells))
    .addHelpText('after', '\nFor bash, in ~/.bashrc:\n  source <(dokkerr completion bash)')
    .action((shell: Shell) => void process.stdout.write(completionScript(shell, 'dokkerr')));
}

/** Its words are what stands behind the program's name, up to the cursor. */
export function askedByShellsCommand(): Command {
  const command = new Command(askCommand).argument('[words...]').helpOption(false);
  return command.action(async (words: readonly string[]) => {
    const { parent } = command;
    if (parent === null) return;
    const candidates = await named(complete(parent, words), words);
    for (const { text, description } of candidates.words) {
      process.stdout.write(description === '' ? `${text}\n` : `${text}\t${description}\n`);
    }
    process.stdout.write(`${candidates.files ? directives.files : directives.nothingElse}\n`);
    process.exitCode = cliExitCodes.done;
  });
}

async function named(
  candidates: Candidates,
  words: readonly string[],
): Promise<{ readonly words: readonly Word[]; readonly files: boolean }> {
  if (candidates.kind === 'files') return { words: [], files: true };
  if (candidates.kind === 'words') return { words: candidates.words, files: false };
  const { namesFor } = await import('./names.ts');
  const names = await namesFor(candidates.of, connectionOf(words));
  const found = startingWith(
    words.at(-1) ?? '',
    names.map((text) => ({ text, description: '' })),
  );
  return { words: found.kind === 'words' ? found.words : [], files: false };
}

/** Which cluster and namespace are meant by what was written so far. */
function connectionOf(words: readonly string[]) {
  const after = (...flags: readonly string[]) => {
    const at = words.findIndex((word, index) => flags.includes(word) && index < words.length - 2);
    return at < 0 ? undefined : words[at + 1];
  };
  const kubeconfig = after('--kubeconfig');
  const context = after('--context');
  const namespace = after('--namespace', '-n');
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}
