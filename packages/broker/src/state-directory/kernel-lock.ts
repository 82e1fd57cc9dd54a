import { constants } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isCode, openOwnedFile, systemReason } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import { type LockKind, tryLock } from './file-lock.js';
import type { LockHolder } from './lock-holder.js';

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
    const lock = await tryToLock(path);
    if (lock !== undefined) return lock;
    if (await isKernelLockHeld(path)) return undefined;
  }
}

/** How long to wait for a kernel lock. */
export interface LockPatience {
  /** Ends the wait, and has it reject with an AbortError. */
  readonly signal?: AbortSignal;
  /** Milliseconds; Infinity where what is done under the lock may take long. Default: ten seconds. */
  readonly withinMs?: number;
}

/**
 * Waits while another has the lock, in this process or elsewhere.
 *
 * @throws DaemonError `lock_held` for a lock that a stopped process has, or that is not freed in time;
 *   `state_directory_unusable` for what is no plain file.
 */
export async function waitForKernelLock(
  path: string,
  { signal, withinMs = heldMsMax }: LockPatience = {},
): Promise<KernelLock> {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const lock = await tryToLock(path);
    if (lock !== undefined) return lock;
    const isOver = waitedMs >= withinMs;
    if (isOver || (waitedMs > 0 && waitedMs % holderEveryMs === 0)) await refuseHolder(path, isOver);
    await pause(lookEveryMs, undefined, { signal });
  }
}

const lookEveryMs = 20;
const holderEveryMs = 1_000;
const heldMsMax = 10_000;

/** One that is stopped frees nothing; any other does not either if it has been waited for long enough. */
async function refuseHolder(path: string, isOver: boolean): Promise<void> {
  // Loaded here, because a command that only asks waits for no lock.
  const { lockHolder } = await import('./lock-holder.js');
  const holder = await lockHolder(path);
  if (isOver || holder?.isStopped === true) throw lockHeld(path, holder);
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
  const lock = await tryToLock(path, 'shared');
  if (lock === undefined) throw unopened(path, 'another process has it');
  return lock;
}

/** Whether any living process, this one included, shares the lock. Throws `state_directory_unusable` for what is no plain file. */
export async function isKernelLockShared(path: string): Promise<boolean> {
  const file = await openLock(path);
  try {
    return !tryLock(file.fd, 'exclusive');
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
    if (isCode(error, 'ENOENT')) return undefined;
    throw unopened(path, error);
  });
  if (file === undefined) return false;
  try {
    return !tryLock(file.fd, 'shared');
  } finally {
    await file.close();
  }
}

/** Undefined when another has it. The file stays open only while the lock is held. */
async function tryToLock(path: string, kind: LockKind = 'exclusive'): Promise<KernelLock | undefined> {
  const file = await openLock(path);
  let isLocked = false;
  try {
    isLocked = tryLock(file.fd, kind);
  } finally {
    if (!isLocked) await file.close();
  }
  return isLocked ? { release: () => file.close() } : undefined;
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
    `The lock ${path} cannot be opened: ${systemReason(error)}.`,
    'Delete it if it is not a plain file, or correct the owner and mode of ESCARP_HOME.',
    error,
  );
}
