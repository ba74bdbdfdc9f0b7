/** What a Container may change of the restricted security settings it starts with. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { setOf } from '../schema/lists.ts';
import { text } from '../schema/names.ts';

const id = z.int().min(0).max(4_294_967_294);

/** `spec.securityContext`. */
export const securityContext = z
  .object({
    runAsUser: id.exactOptional().describe("User id of the program. Without it, the image's own user."),
    runAsGroup: id.exactOptional().describe("Primary group id. Without it, the image's own group."),
    fsGroup: id
      .exactOptional()
      .describe('Group that owns the files of the volumes, so that a non-root user can write.'),
    supplementalGroups: setOf(id, 32).exactOptional().describe('Further groups of the program.'),
    runAsNonRoot: z
      .boolean()
      .exactOptional()
      .describe('Refuse to start as root. True unless declared; write false for an image that needs root.'),
    readOnlyRootFilesystem: z
      .boolean()
      .exactOptional()
      .describe("Make the image's files read-only; the volumes stay as declared. False unless declared."),
    allowPrivilegeEscalation: z
      .boolean()
      .exactOptional()
      .describe('Let the program gain privileges, for example by setuid. False unless declared.'),
    capabilities: z
      .object({
        add: setOf(text(64).regex(/^[A-Z_]+$/), 41)
          .exactOptional()
          .describe('Linux capabilities without CAP_, for example NET_BIND_SERVICE. All others are dropped.'),
      })
      .exactOptional()
      .describe('Linux capabilities of the program.'),
    seccompProfile: z
      .object({
        type: z.enum(['RuntimeDefault', 'Unconfined', 'Localhost']).describe('Where the profile comes from.'),
        localhostProfile: text(4096).exactOptional().describe("File on the node, below kubelet's seccomp folder."),
      })
      .meta(
        rules(
          rule(
            "has(self.localhostProfile) == (self.type == 'Localhost')",
            'localhostProfile belongs to type Localhost, and is needed there',
          ),
        ),
      )
      .exactOptional()
      .describe('Filter of system calls. RuntimeDefault unless declared.'),
  })
  .meta(
    rules(
      rule(
        '!has(self.runAsUser) || self.runAsUser != 0 || (has(self.runAsNonRoot) && !self.runAsNonRoot)',
        'runAsUser 0 is root: write runAsNonRoot: false beside it, or choose another user',
      ),
    ),
  );

/** Overrides of the restricted defaults. */
export type SecurityContext = z.infer<typeof securityContext>;
