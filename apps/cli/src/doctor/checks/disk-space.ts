import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCode } from '@escarp/owned-files';
import { bytes } from '../../print/quantities.js';
import { ok, problem, warning, type Check } from '../finding.js';

/** With less than this not even the journal goes on. */
const bytesMin = 10_000_000;
/** What a new profile takes with its first pages. */
const bytesPerSlot = 50_000_000;

/** A slot is reset to a new profile, and leases are recorded: on a full disk slots fail one after the other. */
export const diskSpace: Check = {
  id: 'disk-space',
  async run({ stateDirectory, poolSize, fileSystem }) {
    const { bsize, bavail, files, ffree } = await fileSystem(stateDirectory);
    const free = bavail * bsize;
    const remedy = 'Free some space there, or set ESCARP_HOME to a directory on another disk.';
    // Some file systems count no files and say 0 of 0.
    if (free < bytesMin || (files > 0 && ffree === 0))
      return [problem(`The disk of ${stateDirectory} is full: slots cannot be reset or leased.`, remedy)];
    const what = `The disk of ${stateDirectory} has ${bytes(free)} left`;
    if (free < poolSize * bytesPerSlot)
      return [warning(`${what}, too little for ${poolSize} slots.`, remedy)];
    return [ok(`${what}.`)];
  },
};

/** Of the nearest folder that is there: the state directory may not have been made yet. Throws the system's errors. */
export async function fileSystemOf(path: string): Promise<StatsFs> {
  try {
    return await statfs(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT') || dirname(path) === path) throw error;
    return fileSystemOf(dirname(path));
  }
}
