/** The copies of claims that a backup makes for its movers: marked, so that they are found again and cleared away. */

/** On snapshots and claims that live no longer than the run which made them. */
export const copyLabel = 'dokkerr.io/copy';

/** How they are cached: these and no others. */
export const ownCopies = { labelSelector: copyLabel };
