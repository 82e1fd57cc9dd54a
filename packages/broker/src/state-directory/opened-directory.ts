import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { OwnedFolder } from '@escarp/owned-files';
import type { StateDirectory } from './state-directory.js';

/** A state directory as it was opened, which may since have been moved, deleted or replaced. */
export interface OpenedDirectory {
  /**
   * A sentence on what is no longer there, or no longer the same; undefined while all is as it was. Asks the system each
   * time, for some microseconds: it blocks, so that nothing comes between the answer and what is done upon it.
   */
  readonly loss: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** The folders are held open, so that no other can be given their inodes. */
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
