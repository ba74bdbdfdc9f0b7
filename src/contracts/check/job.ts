/** The Job that runs a user's program on restored data: restricted, without a token, the data at one place. Pure. */
import type { Check } from '#crds/run/check.ts';
import type { RunAs } from '#crds/run/mover.ts';
import type { Job } from '#runtime/client/kinds.ts';
import type { Applied } from '#runtime/client/types.ts';
import { moverFiles } from '../mover/files.ts';
import { moverLabel } from '../mover/job.ts';
import { podResources } from '../pod/resources.ts';
import { restrictedContainer, restrictedJob } from '../pod/restricted.ts';

/** The one container of a check's pod. */
export const checkContainer = 'check';

const defaultResources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } };

/** A claim the program may look at. */
export interface CheckedClaim {
  readonly claim: string;
  /** as the backup knows it: the folder's name where there are several */
  readonly of: string;
}

/** One check as the operator wants it. */
export interface CheckRun {
  /** of the Job: a DNS label */
  readonly name: string;
  readonly check: Check;
  readonly claims: readonly CheckedClaim[];
  /** whether the program may write there, as a database has to before it answers */
  readonly writable: boolean;
  /** whom the data belongs to, as its mover wrote it */
  readonly runAs: RunAs | undefined;
}

export function buildCheckJob({ name, check, claims, writable, runAs = {} }: CheckRun): Applied<Job> {
  // So that it is no user of the claim to those who wait for none, and is cleared up like the movers.
  const labels = { [moverLabel]: 'verify' };
  const volumes = claims.map(({ claim, of }, index) => ({
    volume: { name: `data-${index}`, persistentVolumeClaim: { claimName: claim } },
    mountPath: claims.length === 1 ? moverFiles.data : `${moverFiles.data}/${of}`,
  }));
  return restrictedJob({
    name,
    labels,
    activeDeadlineSeconds: check.timeoutSeconds,
    runAs,
    pod: {
      ...(check.imagePullSecrets === undefined ? {} : { imagePullSecrets: check.imagePullSecrets }),
      containers: [
        {
          name: checkContainer,
          image: check.image,
          ...(check.command === undefined ? {} : { command: check.command }),
          ...(check.args === undefined ? {} : { args: check.args }),
          ...(check.env === undefined ? {} : { env: check.env }),
          resources: podResources(check.resources ?? defaultResources),
          // The end of what it said, should it say no.
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: restrictedContainer,
          volumeMounts: [
            ...volumes.map(({ volume, mountPath }) => ({
              name: volume.name,
              mountPath,
              ...(writable ? {} : { readOnly: true }),
            })),
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [...volumes.map(({ volume }) => volume), { name: 'tmp', emptyDir: {} }],
    },
  });
}
