import { constants } from 'node:fs';
import { join } from 'node:path';
import { openOwnedFile } from '@escarp/owned-files';

const preferencesBytesMax = 64_000_000;

/**
 * Whether the browser of this profile ended in order, because a client or a person closed it, or by SIGTERM: as its
 * last act Chrome records this in its preferences, and a crashed or killed one does not. A record of an earlier run
 * does not count.
 */
export async function endedOrderly(profile: string, launchedAt: number): Promise<boolean> {
  try {
    const text = await readSince(join(profile, 'Default', 'Preferences'), launchedAt);
    return /"exit_type":"(?:Normal|SessionEnded)"/.test(text);
  } catch {
    return false;
  }
}

// The holder may have put anything there, so no link is followed, and a pipe does not block.
async function readSince(path: string, launchedAt: number): Promise<string> {
  const file = await openOwnedFile(path, constants.O_RDONLY);
  try {
    const { mtimeMs, size } = await file.stat();
    const isOfThisRun = mtimeMs >= launchedAt && size <= preferencesBytesMax;
    return isOfThisRun ? await file.readFile('utf8') : '';
  } finally {
    await file.close();
  }
}
