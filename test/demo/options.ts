/** What the demo can be told on its command line. */
import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** leave the cluster running and say how to look around */
  readonly keep: boolean;
}

export const usage = `Shows Dokkerr at work on a real cluster, start to end.

Usage: npm run demo [-- OPTIONS]

  --keep    leave the cluster and the operator running afterwards, and say how to look around
  --help    this text`;

/** @throws TypeError on an option it does not know; undefined when only help was asked for. */
export function parseOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  return values.help ? undefined : { keep: values.keep };
}
