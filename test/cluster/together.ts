// Runs parts of one job side by side and winds all of them up when one fails.

/**
 * Resolves when all parts did. When one fails the controller is aborted, and the first failure is thrown only after
 * every part came to an end: whoever cleans up afterwards finds nobody still at work.
 */
export async function together(controller: AbortController, parts: readonly Promise<unknown>[]): Promise<void> {
  for (const part of parts) part.catch((error: unknown) => controller.abort(error));
  await Promise.allSettled(parts);
  if (controller.signal.aborted) throw controller.signal.reason;
}
