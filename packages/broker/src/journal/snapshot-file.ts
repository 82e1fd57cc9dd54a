import { constants } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Snapshot } from '@escarp/lease-registry';
import { openOwnedFile, removeOwned, renameOwned, syncFolder } from '@escarp/owned-files';
import { corrupt, readRecords } from './read-records.js';
import { encodeRecord } from './record.js';
import type { SnapshotPart } from './snapshot-parts.js';
import { SnapshotAssembly, snapshotParts } from './snapshot-parts.js';

/**
 * Writes a snapshot part by part, yielding to other work after each part, and gives it its name when it is whole and
 * durable. Leaves nothing behind if it fails or is aborted. Returns its size in bytes.
 */
export async function writeSnapshot(
  path: string,
  draft: string,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<number> {
  try {
    const bytes = await writeParts(draft, snapshot, signal);
    await renameOwned(draft, basename(path));
    await syncFolder(dirname(path));
    return bytes;
  } catch (error) {
    await removeOwned(draft);
    throw error;
  }
}

async function writeParts(draft: string, snapshot: Snapshot, signal: AbortSignal): Promise<number> {
  const file = await openOwnedFile(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  try {
    let bytes = 0;
    let parts = 0;
    for (const part of snapshotParts(snapshot)) {
      signal.throwIfAborted();
      bytes += (await file.write(encodeRecord(part))).bytesWritten;
      parts++;
    }
    bytes += (await file.write(encodeRecord({ parts }))).bytesWritten;
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

/** Throws `journal_corrupt` for one that is incomplete or has a revision other than the one in its name. */
export async function readSnapshot(path: string, revision: number): Promise<Snapshot> {
  const assembly = new SnapshotAssembly();
  let parts = 0;
  let isWhole = false;
  let last = 0;
  for await (const { record, end } of readRecords(path)) {
    if (isWhole) throw corrupt(path, last);
    if (isPart(record)) assembly.add(record);
    else isWhole = isEnd(record, parts);
    parts++;
    last = end;
  }
  if (!isWhole || assembly.value['revision'] !== revision) throw corrupt(path, last);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its checksums say that it is what was written.
  return assembly.value as unknown as Snapshot;
}

function isPart(record: unknown): record is SnapshotPart {
  return typeof record === 'object' && record !== null && 'at' in record;
}

function isEnd(record: unknown, parts: number): boolean {
  return typeof record === 'object' && record !== null && 'parts' in record && record.parts === parts;
}
