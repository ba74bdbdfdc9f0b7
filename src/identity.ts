/** What Dokkerr calls itself where it shows in a cluster. */
import type { Identity } from '#runtime/controller/types.ts';
import packageFile from '../package.json' with { type: 'json' };

export const identity: Identity = { name: 'dokkerr', domain: 'dokkerr.io' };

/** Of this build, as in package.json. */
export const version: string = packageFile.version;
