import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { OwnedFolder } from '@escarp/owned-files';
import type { StateDirectory } from './state-directory.js';

/** A state directory as it was opened; it may have been moved, deleted or replaced since. */
export interface OpenedDirectory {
  /**
   * A sentence about what is missing or was replaced; undefined while nothing has changed. Asks the system each time,
   * which takes some microseconds. It blocks, so that nothing can happen between the answer and what is done with it.
   */
  readonly loss: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** The folders are kept open, so that their inodes cannot be reused. */
export async function holdDirectory({ home, journal, locks }: StateDirectory): Promise<OpenedDirectory> {
  const folders: OwnedFolder[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(folders.map((folder) => folder.close()));
  };
  try {
    for (const path of [home, journal, locks]) folders.push(await OwnedFolder.open(path));
  } catch (error) {
    await close();
    throw error;
  }
  const seen = [home, journal, locks, join(locks, 'daemon.lock')].map((path) => ({
    path,
    found: look(path),
  }));
  return { loss: () => seen.map(lossOf).find((sentence) => sentence !== undefined), close };
}

interface Seen {
  readonly path: string;
  readonly found: string | undefined;
}

function lossOf({ path, found }: Seen): string | undefined {
  const now = look(path);
  if (now === found) return undefined;
  return now === undefined ? `${path} was moved or deleted.` : `${path} was replaced by another.`;
}

function look(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}.${found.ino}`;
}
