/** What Dokkerr calls itself where it shows in a cluster. */
import type { Identity } from '#runtime/controller/types.ts';
import packageFile from '../package.json' with { type: 'json' };

export const identity: Identity = { name: 'dokkerr', domain: 'dokkerr.io' };

/** Of this build, as in package.json. */
export const version: string = packageFile.version;

/** The commit this build was made of, where whoever built it said so; undefined when run from a checkout. */
export const commit: string | undefined = process.env.DOKKERR_COMMIT || undefined;
