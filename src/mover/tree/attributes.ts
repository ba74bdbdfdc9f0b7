/**
 * Extended attributes, of which Node has no functions: those of the C library are called through its FFI. That is experimental,
 * which is why the version of Node is a matter of package.json; without it a comparison says that it did not look at them. Only what
 * applications and people set is looked at: labels of SELinux, lists of NFS and the like are the file systems' own.
 */
import { bytesOf } from './entry.ts';

/** The attributes of one entry by name, values as Latin-1. */
export type Attributes = ReadonlyMap<string, string>;

/** Reads those of the entry at a path of bytes in Latin-1, of a symbolic link its own. */
export type AttributeReader = (path: string) => Attributes;

/** Access control lists, capabilities, and everything of the users' own. */
const kept = /^(user\.|system\.posix_acl_|security\.capability$)/;

/** The most that the kernel gives at once: XATTR_LIST_MAX and XATTR_SIZE_MAX of linux/limits.h. */
const most = 65_536;

const none: Attributes = new Map();

/** @throws Error where the C library cannot be called */
export async function attributeReader(): Promise<AttributeReader> {
  const { dlopen } = await import('node:ffi');
  const { functions } = dlopen('libc.so.6', {
    llistxattr: { arguments: ['buffer', 'buffer', 'u64'], return: 'i64' },
    lgetxattr: { arguments: ['buffer', 'buffer', 'buffer', 'u64'], return: 'i64' },
  });
  const room = Buffer.alloc(most);
  const size = BigInt(most);
  /** What a call wrote; undefined where it failed: there are none, or they may not be read. */
  const written = (bytes: bigint) => (bytes < 0n ? undefined : room.toString('latin1', 0, Number(bytes)));
  return (path) => {
    const place = bytesOf(`${path}\0`);
    const names = written(functions.llistxattr(place, room, size));
    if (names === undefined || names === '') return none;
    const found = names.split('\0').filter((name) => kept.test(name));
    return new Map(
      found.sort().map((name) => [name, written(functions.lgetxattr(place, bytesOf(`${name}\0`), room, size)) ?? '']),
    );
  };
}

/** In which of them two entries differ, said in words. */
export function attributeDifferences(expected: Attributes, found: Attributes): string[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].flatMap((name) => {
    const [wanted, there] = [expected.get(name), found.get(name)];
    if (wanted === there) return [];
    if (there === undefined) return [`without attribute ${name}`];
    return [wanted === undefined ? `an attribute ${name} too many` : `another attribute ${name}`];
  });
}
