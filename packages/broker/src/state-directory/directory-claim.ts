import { lstat } from 'node:fs/promises';
import { claimant, claimPlace, takeClaim } from '@escarp/owned-files';
import type { MachineClaim } from '@escarp/owned-files';

/**
 * Claims the directory that is at `home` now, by its device and inode: the lock in it can be deleted while it is held,
 * and the same directory may be reached by two paths. Undefined if another process has claimed it.
 */
export async function claimDirectory(home: string, shortTmp: string): Promise<MachineClaim | undefined> {
  return takeClaim(await directoryClaim(home), claimPlace(shortTmp));
}

/** Whether a daemon works on the directory that is at `home` now. */
export async function isDirectoryClaimed(home: string, shortTmp: string): Promise<boolean> {
  const name = await directoryClaim(home).catch(() => undefined);
  return name !== undefined && (await claimant(name, claimPlace(shortTmp))) !== undefined;
}

async function directoryClaim(home: string): Promise<string> {
  const { dev, ino } = await lstat(home);
  return `directory-${dev}-${ino}`;
}
