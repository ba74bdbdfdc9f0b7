/** Every webhook there is; the server, the configuration and the permissions follow from this list. */
import { containers } from './containers.ts';
import type { ValidatingWebhook } from './types.ts';

/** Each is only given objects of its own kind (see `server.ts`). */
export const validatingWebhooks: readonly ValidatingWebhook[] = [containers];
