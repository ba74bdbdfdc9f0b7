/** What somebody can do whose files have come to belong to another. */
export const keepOwners = 'only movers that run as root keep owners (mover.securityContext.runAsUser: 0)';
