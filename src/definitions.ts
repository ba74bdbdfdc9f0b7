/** Every kind that Dokkerr drives; a new one is one more line here. */
import { containerController } from '#controllers/container/controller.ts';

export const definitions = [containerController] as const;
