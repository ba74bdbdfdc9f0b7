/** Every kind that Dokkerr drives; a new one is one more line here. */
import { backupController } from '#controllers/backup/controller.ts';
import { backupScheduleController } from '#controllers/backup-schedule/controller.ts';
import { backupStoreController } from '#controllers/backup-store/controller.ts';
import { containerController } from '#controllers/container/controller.ts';
import { migrationController } from '#controllers/migration/controller.ts';
import { restoreController } from '#controllers/restore/controller.ts';
import type { Definition, Reconciled } from '#runtime/controller/types.ts';

export interface DefinitionSettings {
  /** image of the pods that move data: the operator's own */
  readonly moverImage: string;
}

/** The definitions of one process. */
export function definitionsFor({ moverImage }: DefinitionSettings): AnyDefinition[] {
  return [
    any(containerController),
    any(backupStoreController(moverImage)),
    any(backupController(moverImage)),
    any(backupScheduleController),
    any(restoreController(moverImage)),
    any(migrationController(moverImage)),
  ];
}

/** For what depends on no setting: permissions, and which kinds there are. */
export const definitions: readonly AnyDefinition[] = definitionsFor({ moverImage: '' });

export type AnyDefinition = Definition<Reconciled, unknown>;

/** Sound: the engine hands a definition's functions only objects of its kind and scopes that it made itself. */
function any<T extends Reconciled, S>(definition: Definition<T, S>): AnyDefinition {
  return definition as unknown as AnyDefinition;
}
