import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isCode } from '@escarp/owned-files';

/** Any number of processes may share a lock; one that is exclusive is held by one process, and by no other. */
export type LockKind = 'exclusive' | 'shared';

/** The native part of `fs-native-extensions`. A length of 0 means up to the end of the file, however long it becomes. */
interface NativeLocks {
  /** Throws EAGAIN if another process holds a lock that this one may not be held beside. */
  tryLock(fd: number, offset: number, length: number, exclusive: boolean): void;
}

/** Locks an open file, until it is closed. False if another process holds a lock that excludes this one. */
export function tryLock(fd: number, kind: LockKind): boolean {
  try {
    nativeLocks().tryLock(fd, 0, 0, kind === 'exclusive');
    return true;
  } catch (error) {
    if (isCode(error, 'EAGAIN')) return false;
    throw error;
  }
}

const require = createRequire(import.meta.url);

/**
 * Loaded at the first lock, because a command that only asks takes none. The package's own JavaScript looks for this file
 * with fifteen modules, which takes a tenth of the time of a command that locks.
 */
function nativeLocks(): NativeLocks {
  const folder = dirname(require.resolve('fs-native-extensions/package.json'));
  const host = `${process.platform}-${process.arch}`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- native code, without types.
  return require(join(folder, 'prebuilds', host, 'fs-native-extensions.node')) as NativeLocks;
}
