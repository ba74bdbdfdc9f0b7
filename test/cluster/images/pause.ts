// The image of the container that holds a pod's namespaces.
import { join } from 'node:path';
import { pauseImage } from '../containerd.ts';
import type { OnProgress } from '../context.ts';
import { ensureGoImage } from './go-image.ts';

/** Resolves to the path of its OCI archive. */
export function ensurePauseImage(onProgress: OnProgress): Promise<string> {
  const source = join(import.meta.dirname, 'pause');
  return ensureGoImage({ name: pauseImage, program: 'pause', source, user: '65535:65535' }, onProgress);
}
