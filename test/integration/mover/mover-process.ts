/** `node mover-process.ts FOLDER RESTIC`: a mover whose mounts lie below a folder of the test's. */
import { runMoverRole } from '#src/roles/mover.ts';
import { filesBelow } from './mounts.ts';

const [folder = '', restic = ''] = process.argv.slice(2);
process.exitCode = await runMoverRole({ files: filesBelow(folder), restic });
