import { join } from 'node:path';
import { DaemonError } from '../errors.js';
import { claimDirectory } from './directory-claim.js';
import type { KernelLock } from './kernel-lock.js';
import { takeKernelLock } from './kernel-lock.js';
import type { StateDirectory } from './state-directory.js';

/**
 * Keeps other daemons away: by a lock in the directory, and by a claim on the directory itself in `shortTmp`, which holds
 * under whatever name it is reached. Throws `daemon_already_running`.
 */
export async function lockDirectory({ home, locks }: StateDirectory, shortTmp: string): Promise<KernelLock> {
  const lock = await takeKernelLock(join(locks, 'daemon.lock'));
  const claim = lock && (await claimOrRelease(lock, home, shortTmp));
  if (lock !== undefined && claim !== undefined) {
    return {
      release: async () => {
        await claim.release();
        await lock.release();
      },
    };
  }
  await lock?.release();
  throw new DaemonError(
    'daemon_already_running',
    `A daemon already serves ${home}.`,
    'See it with escarp status, stop it with escarp daemon stop, or set ESCARP_HOME to run another.',
  );
}

async function claimOrRelease(lock: KernelLock, home: string, shortTmp: string) {
  try {
    return await claimDirectory(home, shortTmp);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
