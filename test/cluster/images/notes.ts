// The images of the application that the demo and the tests run: `test/fixtures/notes`.
import { resolve } from 'node:path';
import type { OnProgress } from '../context.ts';
import { ensureGoImage } from './go-image.ts';

/**
 * Resolves to the path of an OCI archive of `localhost/notes:<version>`, whose program calls itself by that version.
 * It runs as user 65532 and keeps its notes in `/data`.
 */
export function ensureNotesImage(version: string, onProgress: OnProgress = () => undefined): Promise<string> {
  return ensureGoImage(
    {
      name: `localhost/notes:${version}`,
      program: 'notes',
      source: resolve(import.meta.dirname, '../../fixtures/notes'),
      user: '65532:65532',
      env: { VERSION: version },
      exposedPorts: ['8080/tcp'],
      writableFolders: ['/data'],
    },
    onProgress,
  );
}
