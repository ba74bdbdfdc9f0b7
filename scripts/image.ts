/** `npm run image`: builds the operator's image, or takes it from the cache, and says where it is. */
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { ensureOperatorImage } from './image/ensure.ts';
import { measure, type StartTime } from './image/measure.ts';

interface Flags {
  readonly output?: string;
  readonly renewBase: boolean;
  readonly measure: boolean;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const milliseconds = ({ fastest, median }: StartTime) => `${fastest.toFixed(0)} ms (median ${median.toFixed(0)} ms)`;

async function main(flags: Flags): Promise<void> {
  const started = performance.now();
  const onProgress = (line: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const { names, archive, sbom } = await ensureOperatorImage(onProgress, { renewBase: flags.renewBase });
  onProgress(`image ${names.join(', ')} is ready`);
  console.log(`\narchive  ${archive}\nsbom     ${sbom}`);
  if (flags.output !== undefined) await copyTo(flags.output, [archive, sbom]);
  if (flags.measure) {
    const { size, version, controller } = await measure(archive);
    console.log(`size     ${megabytes(size.unpacked)} unpacked, ${megabytes(size.compressed)} compressed`);
    console.log(`start    version ${milliseconds(version)}, controller to first log line ${milliseconds(controller)}`);
  }
}

async function copyTo(folder: string, files: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) await copyFile(file, join(folder, basename(file)));
  console.log(`copied   to ${folder}`);
}

const program = new Command('npm run image --')
  .description('Build the operator’s image with Docker, or with buildah where no daemon answers.')
  .option('--output <folder>', 'copy the OCI archive and the bill of materials there')
  .option('--renew-base', 'install the base’s packages of today', false)
  .option('--measure', 'print size and start time', false)
  .action(async (flags: Flags) => {
    try {
      await main(flags);
    } catch (error) {
      console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  });
await program.parseAsync();
