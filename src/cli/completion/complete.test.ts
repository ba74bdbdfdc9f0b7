import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { peopleCommands } from '../groups.ts';
import { complete } from './complete.ts';

const program = new Command('dokkerr');
for (const command of peopleCommands()) program.addCommand(command);

/** The words there are, or what is to be listed. */
function at(line: string): readonly string[] | string {
  const candidates = complete(program, line.split(' '));
  if (candidates.kind === 'words') return candidates.words.map(({ text }) => text);
  return candidates.kind === 'names' ? `names of ${candidates.of}` : 'files';
}

describe('what may be written next', () => {
  it('are commands, and those below them', () => {
    expect(at('')).toEqual(['backup', 'restore', 'migration', 'store', 'schedule', 'container', 'help']);
    expect(at('re')).toEqual(['restore']);
    expect(at('backup c')).toEqual(['create', 'cancel']);
  });

  it('are options, and the words an option takes', () => {
    expect(at('backup create --co')).toEqual(['--context', '--container', '--copy-method']);
    expect(at('backup create --copy-method ')).toEqual(['Snapshot', 'Clone', 'Direct']);
    expect(at('backup create --wait --verify D')).toEqual(['Data']);
  });

  it('are names of what an option or a command takes', () => {
    expect(at('backup create --container ')).toBe('names of Container');
    expect(at('backup show -n shop ')).toBe('names of Backup');
    expect(at('backup delete one tw')).toBe('names of Backup');
    expect(at('store list -n ')).toBe('names of Namespace');
    expect(at('migration start --to-class ')).toBe('names of StorageClass');
    expect(at('migration approve ')).toBe('names of Migration');
  });

  it('are none where a name is made up, or enough were written', () => {
    expect(at('backup create ')).toEqual([]);
    expect(at('backup show one ')).toEqual([]);
  });

  it('are files for a kubeconfig', () => {
    expect(at('backup list --kubeconfig ')).toBe('files');
  });

  it('are the same whether a shell takes --option=value apart or not', () => {
    expect(at('backup create --verify=D')).toEqual(['--verify=Data']);
    expect(at('backup create --verify = D')).toEqual(['Data']);
    expect(at('backup create --container =')).toBe('names of Container');
  });
});
