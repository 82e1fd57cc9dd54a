import { constants } from 'node:fs';
import { join } from 'node:path';
import { OwnedFolder, removeTree } from '@escarp/owned-files';
import { type StripLimits, stripLimits } from './limits.js';
import type { StripLease, StripPicture } from './strip.js';
import { keptFile, listFile, markKept, readList, stripsPath } from './strip-folder.js';
import { thinnedOut } from './thin-out.js';

/** A picture that is to be added. */
export type NewPicture = Pick<StripPicture, 'at' | 'title' | 'url'> & { readonly jpeg: Uint8Array };

const writingNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const draftFile = 'strip.json.new';

/**
 * Adds pictures to the strip of one lease, and thins it out. Nothing is forced to the disk: pictures that a power failure
 * takes away are no loss that would be worth the journal's waiting for the disk.
 */
export class StripWriter {
  readonly #folder: OwnedFolder;
  readonly #lease: StripLease;
  readonly #limits: StripLimits;
  #pictures: readonly StripPicture[];
  #number: number;

  private constructor(
    folder: OwnedFolder,
    lease: StripLease,
    pictures: readonly StripPicture[],
    limits: StripLimits,
  ) {
    this.#folder = folder;
    this.#lease = lease;
    this.#pictures = pictures;
    this.#limits = limits;
    this.#number = pictures.reduce((max, { file }) => Math.max(max, Number.parseInt(file, 10)), 0);
  }

  /** Goes on with the strip of the lease if there is one. `isKept` marks it as one that outlives the lease. */
  static async open(
    home: string,
    lease: StripLease,
    { isKept = false, limits = stripLimits }: { isKept?: boolean; limits?: StripLimits } = {},
  ): Promise<StripWriter> {
    const { lease: id, slot, fence, holder, since } = lease;
    const folder = await OwnedFolder.makeBelow(home, join(stripsPath(home), id));
    try {
      const pictures = (await readList(folder))?.pictures ?? [];
      await removeUnlisted(folder, pictures);
      if (isKept) await markKept(folder);
      return new StripWriter(folder, { lease: id, slot, fence, holder, since }, pictures, limits);
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  /** To be called one after the other. Throws the system's errors, such as ENOSPC. */
  async add({ jpeg, at, title, url }: NewPicture): Promise<void> {
    if (jpeg.length > this.#limits.pictureBytesMax) return;
    this.#number += 1;
    const file = `${this.#number}.jpg`;
    await write(this.#folder, file, jpeg);
    const pictures = thinnedOut(
      [...this.#pictures, { file, at, bytes: jpeg.length, title, url }],
      this.#limits,
    );
    // The list first: a file that it does not name is deleted by whoever opens the strip next.
    await this.#writeList(pictures);
    const stays = new Set(pictures);
    const gone = this.#pictures.filter((picture) => !stays.has(picture));
    this.#pictures = pictures;
    for (const picture of gone) await removeTree(this.#folder, picture.file);
  }

  /** To be called once, when nothing more is added. Throws the system's errors. */
  close(): Promise<void> {
    return this.#folder.close();
  }

  async #writeList(pictures: readonly StripPicture[]): Promise<void> {
    await removeTree(this.#folder, draftFile);
    await write(this.#folder, draftFile, `${JSON.stringify({ ...this.#lease, pictures })}\n`);
    await this.#folder.rename(draftFile, this.#folder, listFile);
  }
}

async function removeUnlisted(folder: OwnedFolder, pictures: readonly StripPicture[]): Promise<void> {
  const listed = new Set([listFile, keptFile, ...pictures.map(({ file }) => file)]);
  for await (const name of folder.names()) {
    if (!listed.has(name.toString('utf8'))) await removeTree(folder, name);
  }
}

async function write(folder: OwnedFolder, name: string, content: string | Uint8Array): Promise<void> {
  const file = await folder.openFile(name, writingNew);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}
