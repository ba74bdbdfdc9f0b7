/** The roles of the operator's processes. Reading their options takes a tenth of a second, so a role is loaded when it is named. */
import { Command } from 'commander';

interface Role {
  readonly name: string;
  readonly description: string;
  readonly load: () => Promise<Command>;
}

export const roles: readonly Role[] = [
  {
    name: 'controller',
    description: 'drive the resources of a cluster to their declared state',
    load: async () => (await import('./controller.ts')).controllerCommand,
  },
  {
    name: 'webhook',
    description: 'serve admission and nothing else; `dokkerr controller --webhook-listen` does both in one process',
    load: async () => (await import('./webhook.ts')).webhookCommand,
  },
  {
    name: 'mover',
    description: 'back up, restore or look after one repository, as the operator asks; it is run by its Jobs',
    load: async () => (await import('./mover.ts')).moverCommand,
  },
];

/** Their commands: whole where one is named among the words of the call, else with as much as the list of commands tells. */
export function roleCommands(words: readonly string[]): Promise<Command[]> {
  return Promise.all(
    roles.map(async ({ name, description, load }) => {
      const command = words.includes(name) ? await load() : new Command(name);
      return command.description(description);
    }),
  );
}
