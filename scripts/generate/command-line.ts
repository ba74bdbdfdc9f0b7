/** `docs/reference/cli.md`: people's commands, from the tree they are parsed by. */
import type { Argument, Command, Option } from 'commander';
import { completionCommand } from '../../src/cli/completion/commands.ts';
import { cliExitCodeNotes } from '../../src/cli/exit-codes.ts';
import { peopleCommands } from '../../src/cli/groups.ts';
import { type GeneratedFile, marker } from './registry.ts';

/** Options that every command that speaks with a cluster has, told once. */
const shared = ['--namespace', '--context', '--kubeconfig'];

/** The page. */
export function commandLinePage(): GeneratedFile {
  const groups = peopleCommands();
  const [anyCommand] = groups[0]?.commands ?? [];
  return {
    path: 'docs/reference/cli.md',
    content: `${[
      `<!-- ${marker} -->`,
      '# The command line',
      '`dokkerr`, or `kubectl dokkerr`, for people and scripts; [how to get it](../concepts/command-line.md). `--help` behind any command says the same.',
      '## For every command',
      optionTable((anyCommand?.options ?? []).filter(({ long }) => shared.includes(long ?? ''))),
      '```text',
      cliExitCodeNotes.trim(),
      '```',
      ...groups.flatMap(renderGroup),
      ...renderCommand('dokkerr', completionCommand()),
    ].join('\n\n')}\n`
      .replaceAll(/```text\n\n/g, '```text\n')
      .replaceAll(/\n\n```\n/g, '\n```\n'),
  };
}

function renderGroup(group: Command): string[] {
  const path = `dokkerr ${group.name()}`;
  return [`## ${path}`, sentence(group.description()), ...group.commands.flatMap((one) => renderCommand(path, one))];
}

function renderCommand(parent: string, command: Command): string[] {
  const words = command.registeredArguments.map(argumentWord).join(' ');
  const own = command.options.filter(({ long }) => !shared.includes(long ?? ''));
  return [
    `### ${parent} ${command.name()}`,
    `\`${[parent, command.name(), words].filter((part) => part !== '').join(' ')}\``,
    sentence(command.description()),
    ...(own.length === 0 ? [] : [optionTable(own)]),
  ];
}

function argumentWord(argument: Argument): string {
  const name = `${argument.name().toUpperCase()}${argument.variadic ? '...' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map((option) => {
    const choices =
      option.argChoices === undefined ? '' : ` One of ${option.argChoices.map((one) => `\`${one}\``).join(', ')}.`;
    return `| \`${option.flags}\` | ${cell(sentence(option.description) + choices)} |`;
  });
  return ['| Option | Meaning |', '|---|---|', ...rows].join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** Text for a table's cell, where a bar would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
