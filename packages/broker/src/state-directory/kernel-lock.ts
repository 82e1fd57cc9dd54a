import { constants } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { openOwnedFile } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import { type LockHolder, lockHolder } from './lock-holder.js';

interface FileLocks {
  /** False when another process holds the lock. */
  tryLock(fd: number, options?: { readonly shared: boolean }): boolean;
}

const require = createRequire(import.meta.url);

/** Loaded at the first lock, because a command that only asks takes none. The package is CommonJS without types. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const fileLocks = (): FileLocks => require('fs-native-extensions') as FileLocks;

/** A lock that the kernel holds for this process and frees the moment it ends, however it ends. */
export interface KernelLock {
  /** Frees the lock. */
  release(): Promise<void>;
}

/**
 * Undefined when another process has it. One that only asks whether it is held is waited for, as that takes an instant.
 * Throws `state_directory_unusable` for what is no plain file.
 */
export async function takeKernelLock(path: string): Promise<KernelLock | undefined> {
  for (;;) {
    const file = await openLock(path);
    try {
      if (fileLocks().tryLock(file.fd)) return { release: () => file.close() };
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    if (await isKernelLockHeld(path)) return undefined;
  }
}

/**
 * Waits while another has the lock, in this process or elsewhere: only for what is done in an instant.
 *
 * @throws DaemonError `lock_held` for a lock that a stopped process has, or that is not freed within ten seconds;
 *   `state_directory_unusable` for what is no plain file.
 */
export async function waitForKernelLock(path: string): Promise<KernelLock> {
  const file = await openLock(path);
  try {
    for (let waitedMs = 0; !fileLocks().tryLock(file.fd); waitedMs += lookEveryMs) {
      if (waitedMs >= heldMsMax) throw lockHeld(path, await lockHolder(path));
      if (waitedMs % holderEveryMs === 0 && waitedMs > 0) await refuseStoppedHolder(path);
      await pause(lookEveryMs);
    }
    return { release: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const lookEveryMs = 20;
const holderEveryMs = 1_000;
const heldMsMax = 10_000;

/**
 * For whoever waits longer for a lock, because what is done under it takes long.
 *
 * @throws DaemonError `lock_held` if the process that has the lock is known to be stopped.
 */
export async function refuseStoppedHolder(path: string): Promise<void> {
  const holder = await lockHolder(path);
  if (holder?.isStopped === true) throw lockHeld(path, holder);
}

function lockHeld(path: string, holder: LockHolder | undefined): DaemonError {
  if (holder === undefined)
    return new DaemonError('lock_held', `Another process keeps ${path} locked.`, 'End it, then try again.');
  const { pid, isStopped } = holder;
  return isStopped
    ? new DaemonError(
        'lock_held',
        `Process ${pid} is stopped and keeps ${path} locked.`,
        `Continue it with kill -CONT ${pid}, or end it; then try again.`,
      )
    : new DaemonError(
        'lock_held',
        `Process ${pid} keeps ${path} locked.`,
        `End it if it hangs; then try again.`,
      );
}

/**
 * A lock that any number of processes may have at once, until they release it or end. Throws `state_directory_unusable` for
 * what is no plain file, and where another has the lock for itself alone.
 */
export async function shareKernelLock(path: string): Promise<KernelLock> {
  const file = await openLock(path);
  if (fileLocks().tryLock(file.fd, { shared: true })) return { release: () => file.close() };
  await file.close();
  throw unopened(path, 'another process has it');
}

/** Whether any living process, this one included, shares the lock. Throws `state_directory_unusable` for what is no plain file. */
export async function isKernelLockShared(path: string): Promise<boolean> {
  const file = await openLock(path);
  try {
    return !fileLocks().tryLock(file.fd);
  } finally {
    await file.close();
  }
}

/**
 * Whether a living process has the lock. Asked by a shared lock, so that those who ask at once are not in each other's
 * way. False where there is no such file. Throws `state_directory_unusable` where it cannot be told, because then
 * nothing proves that it is free.
 */
export async function isKernelLockHeld(path: string): Promise<boolean> {
  const file = await openOwnedFile(path, constants.O_RDONLY).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unopened(path, error);
  });
  if (file === undefined) return false;
  try {
    return !fileLocks().tryLock(file.fd, { shared: true });
  } finally {
    await file.close();
  }
}

async function openLock(path: string): Promise<FileHandle> {
  try {
    return await openOwnedFile(path, constants.O_RDWR | constants.O_CREAT);
  } catch (error) {
    throw unopened(path, error);
  }
}

function unopened(path: string, error: unknown): DaemonError {
  return new DaemonError(
    'state_directory_unusable',
    `The lock ${path} cannot be opened: ${String(error)}.`,
    'Delete it if it is not a plain file, or correct the owner and mode of ESCARP_HOME.',
    error,
  );
}
