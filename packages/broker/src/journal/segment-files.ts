import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeOwned } from '@escarp/owned-files';

/**
 * The files of a journal folder. A segment is named after the revision before its first event, and a snapshot after the
 * revision at which it was taken; the segment of the same name is always begun first.
 */
export interface JournalFiles {
  /** Revisions in ascending order. */
  readonly segments: readonly number[];
  readonly snapshots: readonly number[];
}

export async function journalFiles(folder: string): Promise<JournalFiles> {
  const names = (await readdir(folder)).toSorted();
  return { segments: revisionsIn(names, segmentPattern), snapshots: revisionsIn(names, snapshotPattern) };
}

export function segmentAt(folder: string, revision: number): string {
  return join(folder, `${digits(revision)}.log`);
}

export function snapshotAt(folder: string, revision: number): string {
  return join(folder, `${digits(revision)}.snapshot`);
}

/** The oldest revision whose event can be read. */
export async function oldestRevision(folder: string): Promise<number> {
  const { segments } = await journalFiles(folder);
  return (segments[0] ?? 0) + 1;
}

/**
 * Deletes what is older than a snapshot, except for the segment just before it, which serves readers of the past. Before it
 * deletes any, it tells which is the oldest revision whose event can still be read.
 */
export async function dropBefore(
  folder: string,
  snapshot: number,
  onOldest: (revision: number) => void,
): Promise<void> {
  const { segments, snapshots } = await journalFiles(folder);
  const old = segments.filter((revision) => revision < snapshot).slice(0, -1);
  onOldest((segments[old.length] ?? 0) + 1);
  await Promise.all([
    ...old.map((revision) => removeOwned(segmentAt(folder, revision))),
    ...snapshots
      .filter((revision) => revision < snapshot)
      .map((revision) => removeOwned(snapshotAt(folder, revision))),
  ]);
}

/** Deletes snapshots that a crash left incomplete. */
export async function sweepDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => name.endsWith(draftSuffix));
  await Promise.all(drafts.map((name) => removeOwned(join(folder, name))));
}

export const draftSuffix = '.tmp';

const segmentPattern = /^\d{15}\.log$/;
const snapshotPattern = /^\d{15}\.snapshot$/;

function revisionsIn(names: readonly string[], pattern: RegExp): number[] {
  return names.filter((name) => pattern.test(name)).map((name) => Number.parseInt(name, 10));
}

function digits(revision: number): string {
  return String(revision).padStart(15, '0');
}
