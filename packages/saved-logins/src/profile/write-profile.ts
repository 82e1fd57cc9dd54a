import { constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OwnedFolder, removeOwned } from '@escarp/owned-files';
import * as v from 'valibot';
import type { ByteReader } from './byte-reader.js';
import { profileBytesMax, profileFilesMax } from './profile-limits.js';
import { isKeptPath, keptTops } from './profile-paths.js';

/**
 * Puts what `readProfile` made in the place of what the profile at `folder` has. Nothing may use the profile; after an error it
 * must be thrown away.
 *
 * @throws What the reader calls malformed: a path that is not of what is kept, or comes twice, more than a login can hold, or
 * an early end.
 */
export async function writeProfile(
  reader: ByteReader,
  folder: string,
  filesMax = profileFilesMax,
): Promise<void> {
  for (const top of keptTops) await removeOwned(join(folder, top));
  let bytesLeft = profileBytesMax;
  let filesLeft = filesMax;
  const written = new Set<string>();
  while (!(await reader.isAtEnd())) {
    const { path, bytes } = await nextEntry(reader);
    bytesLeft -= bytes;
    filesLeft -= 1;
    if (!isKeptPath(path) || written.has(path) || bytesLeft < 0 || filesLeft < 0) throw reader.malformed();
    written.add(path);
    await writeEntry(folder, path, reader.bytes(bytes));
  }
}

const lineBytesMax = 10_000;

const entrySchema = v.object({
  path: v.string(),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

async function nextEntry(reader: ByteReader): Promise<v.InferOutput<typeof entrySchema>> {
  const line = await reader.line(lineBytesMax);
  try {
    return v.parse(entrySchema, JSON.parse(line));
  } catch {
    throw reader.malformed();
  }
}

async function writeEntry(root: string, path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const folder = await OwnedFolder.makeBelow(root, dirname(join(root, path)));
  try {
    const file = await folder.openFile(
      basename(path),
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    );
    try {
      // Each call goes on where the last one ended.
      for await (const piece of content) await file.writeFile(piece);
    } finally {
      await file.close();
    }
  } finally {
    await folder.close();
  }
}
