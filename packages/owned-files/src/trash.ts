import { basename, dirname, join } from 'node:path';
import type { Undeleted } from './empty-folder.js';
import { emptyFolder, removeTree } from './empty-folder.js';
import { codeOf, isCode } from './error-code.js';
import { OwnedFolder } from './owned-folder.js';

/** What a trash is of and whom it tells. */
export interface TrashOptions {
  /** The tree that the trash is for; its folder `trash` is it. */
  readonly root: string;
  readonly newId: () => string;
  /** Told when what withstands deletion changes. */
  readonly onUndeleted: (left: readonly Undeleted[]) => void;
}

/** Longest time for one round of deletions; what is left then is for the next. */
const roundMs = 600_000;
/** How long closing waits for a round. */
const closeMs = 5_000;

/**
 * Where folders are moved that are to be gone at once, and deleted from in the background, one name after the other.
 * What cannot be deleted stays, is told, and is tried again after every further discard and at the next start; it
 * never fails anybody.
 */
export class Trash {
  readonly #options: TrashOptions;
  readonly #closing = new AbortController();
  #round: Promise<void> | undefined;
  #isDue = false;
  #left: readonly Undeleted[] = [];

  constructor(options: TrashOptions) {
    this.#options = options;
  }

  /** What the last round could not delete. */
  undeleted(): readonly Undeleted[] {
    return this.#left;
  }

  /**
   * Moves away whatever is at `path` below the root; a link itself, not its target. If it cannot be moved, it is deleted
   * in place. Does nothing if nothing is there.
   *
   * @throws The system's error if something is left at the path.
   */
  async discard(path: string, root = this.#options.root): Promise<void> {
    let parent: OwnedFolder;
    try {
      parent = await OwnedFolder.openBelow(root, dirname(path));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return;
      throw error;
    }
    try {
      await this.#moveOrRemove(parent, basename(path));
    } finally {
      await parent.close();
    }
  }

  /** Begins a round of deletions in the background, or has one follow the round under way. */
  empty(): void {
    this.#isDue = true;
    this.#round ??= this.#run().finally(() => (this.#round = undefined));
  }

  /** Waits a few seconds for a round under way, then has it stop after the name it is at. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#closing.abort(), closeMs);
    await this.#round;
    clearTimeout(timer);
  }

  async #moveOrRemove(parent: OwnedFolder, name: string): Promise<void> {
    try {
      // The system lets nobody move a folder to another that they may not change.
      if ((await parent.lstat(name)).isDirectory()) await parent.unlock(name);
      const trash = await this.#open();
      await parent.rename(name, trash, this.#options.newId()).finally(() => trash.close());
    } catch (error) {
      if (isCode(error, 'ENOENT')) return;
      // Another file system, a mount, or a trash that is of no use.
      await removeTree(parent, name);
    }
  }

  async #run(): Promise<void> {
    while (this.#isDue && !this.#closing.signal.aborted) {
      this.#isDue = false;
      const left = await this.#deleteAll().catch((error: unknown) => [
        { name: 'trash', code: codeOf(error) },
      ]);
      const before = JSON.stringify(this.#left);
      this.#left = left;
      if (JSON.stringify(left) !== before) this.#options.onUndeleted(left);
    }
  }

  async #deleteAll(): Promise<Undeleted[]> {
    const trash = await this.#open();
    try {
      return await emptyFolder(trash, this.#closing.signal, AbortSignal.timeout(roundMs));
    } finally {
      await trash.close();
    }
  }

  /** Anything else in its place is removed first: through a link there, files of others would be deleted. */
  async #open(): Promise<OwnedFolder> {
    const root = await OwnedFolder.open(this.#options.root);
    try {
      const found = await root.lstat(trashName).catch(() => undefined);
      if (found !== undefined && !found.isDirectory()) await root.unlink(trashName);
      if (found?.isDirectory()) await root.unlock(trashName);
      return await root.makeFolder(trashName);
    } finally {
      await root.close();
    }
  }
}

const trashName = 'trash';

/** Where the trash of a tree is. */
export function trashOf(root: string): string {
  return join(root, trashName);
}
