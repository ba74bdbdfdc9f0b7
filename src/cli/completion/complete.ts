/** What may be written next, from the tree of commands. Pure: which objects there are is asked for by whoever calls. */
import type { Argument, Command, Option } from 'commander';
import type { KindName } from '../kinds.ts';

/** What can stand at the cursor. */
export type Candidates =
  /** these words, those that do not begin as the word at the cursor left out */
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  /** the names of the objects of a kind */
  | { readonly kind: 'names'; readonly of: NamedKind }
  | { readonly kind: 'files' };

export interface Word {
  readonly text: string;
  readonly description: string;
}

/** Kinds whose names can be listed: ours, and those that commands refer to. */
export type NamedKind = KindName | 'PersistentVolumeClaim' | 'Namespace' | 'StorageClass';

const nothing: Candidates = { kind: 'words', words: [] };

/** What a group's commands take the name of. */
const kindOfGroup: Readonly<Record<string, KindName>> = {
  backup: 'Backup',
  restore: 'Restore',
  migration: 'Migration',
  store: 'BackupStore',
  schedule: 'BackupSchedule',
  container: 'Container',
};

/** What an option takes the name of. */
const kindOfOption: Readonly<Record<string, NamedKind>> = {
  '--backup': 'Backup',
  '--claim': 'PersistentVolumeClaim',
  '--container': 'Container',
  '--namespace': 'Namespace',
  '--storage-class': 'StorageClass',
  '--store': 'BackupStore',
  '--to-claim': 'PersistentVolumeClaim',
  '--to-class': 'StorageClass',
  '--to-container': 'Container',
  '--to-namespace': 'Namespace',
};

/**
 * @param words those behind the program's name up to the cursor; the last one, perhaps empty, is being written. A shell
 *   that takes `--option=value` apart gives three.
 */
export function complete(program: Command, words: readonly string[]): Candidates {
  const joined = words.filter((word) => word !== '=');
  const current = words.at(-1) === '=' ? '' : (joined.pop() ?? '');
  const { command, option, arguments: written } = walk(program, joined);
  if (option !== undefined) return valuesOf(option, current);
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  const assigned = flag === undefined ? undefined : command.options.find(({ long }) => long === flag);
  if (assigned !== undefined) return withFlag(valuesOf(assigned, value ?? ''), `${flag}=`);
  if (current.startsWith('-')) return startingWith(current, command.options.filter(isShown).map(wordOfOption));
  if (command.commands.length > 0) return startingWith(current, shownCommands(command).map(wordOfCommand));
  return argumentsOf(command, written);
}

interface Place {
  readonly command: Command;
  /** the option whose value is being written */
  readonly option: Option | undefined;
  /** how many arguments stand before */
  readonly arguments: number;
}

function walk(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let count = 0;
  for (const word of words) {
    if (option !== undefined) {
      option = undefined;
      continue;
    }
    const found = command.options.find(({ long, short }) => word === long || word === short);
    const inner = command.commands.find((one) => one.name() === word);
    if (found !== undefined) option = found.required ? found : undefined;
    else if (inner !== undefined) command = inner;
    else if (!word.startsWith('-')) count += 1;
  }
  return { command, option, arguments: count };
}

function valuesOf({ long = '', argChoices }: Option, current: string): Candidates {
  if (long === '--kubeconfig') return { kind: 'files' };
  if (argChoices !== undefined)
    return startingWith(
      current,
      argChoices.map((text) => ({ text, description: '' })),
    );
  const of = kindOfOption[long];
  return of === undefined ? nothing : { kind: 'names', of };
}

/** An optional name is one that is made up. */
function argumentsOf(command: Command, written: number): Candidates {
  const expected: Argument | undefined = command.registeredArguments[written] ?? command.registeredArguments.at(-1);
  const isExpected = written < command.registeredArguments.length || expected?.variadic === true;
  const of = kindOfGroup[command.parent?.name() ?? ''];
  return isExpected && expected?.required === true && of !== undefined ? { kind: 'names', of } : nothing;
}

/** A value that is one word with its flag. */
function withFlag(candidates: Candidates, flag: string): Candidates {
  if (candidates.kind !== 'words') return nothing;
  return { kind: 'words', words: candidates.words.map(({ text, ...rest }) => ({ text: flag + text, ...rest })) };
}

/** Those of the words that go on from what is written. */
export function startingWith(current: string, words: readonly Word[]): Candidates {
  return { kind: 'words', words: words.filter(({ text }) => text.startsWith(current)) };
}

function isShown({ hidden }: Option): boolean {
  return !hidden;
}

function wordOfOption({ long, short, description }: Option): Word {
  return { text: long ?? short ?? '', description };
}

function shownCommands(command: Command): Command[] {
  return command.createHelp().visibleCommands(command);
}

function wordOfCommand(command: Command): Word {
  return { text: command.name(), description: command.description() };
}
