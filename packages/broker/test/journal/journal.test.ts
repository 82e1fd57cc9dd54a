import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotOf } from '@escarp/lease-registry';
import { isCode } from '@escarp/owned-files';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Journal } from '../../src/journal/journal.js';
import { readEvents } from '../../src/journal/read-events.js';
import { encodeRecord } from '../../src/journal/record.js';
import { JournalFolder, recovered } from './journal-folder.js';

/** Copies a folder as it is at one moment, begun anew if a file goes meanwhile. */
function copyWhole(from: string, to: string): void {
  try {
    rmSync(to, { recursive: true });
    cpSync(from, to, { recursive: true });
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    mkdirSync(to, { recursive: true });
    copyWhole(from, to);
  }
}

describe('a journal', () => {
  let folder: JournalFolder;

  beforeEach(async () => {
    folder = await JournalFolder.make();
  });
  afterEach(() => folder.remove());

  const stateOf = (journal: Journal) => snapshotOf(recovered(journal));
  const revisionsFrom = async (journal: Journal, from: number): Promise<number[] | undefined> => {
    const events = journal.read(from);
    if (events === undefined) return undefined;
    const revisions: number[] = [];
    for await (const { revision } of events) revisions.push(revision);
    return revisions;
  };
  /** Until the snapshot of the newest segment is there. */
  const compacted = () =>
    vi.waitFor(async () => {
      const [oldest, newest] = [(await folder.files()).at(-2), (await folder.files()).at(-1)];
      expect(newest).toBe(oldest?.replace('.log', '.snapshot'));
    }, 20_000);

  it('gives back after a restart what was appended, text beyond ASCII included', async () => {
    const journal = await folder.open();
    await journal.append(folder.past.begin());
    await journal.append(folder.past.cycle());
    await journal.close();
    expect(stateOf(await folder.open())).toEqual(snapshotOf(folder.past.state));
  });

  it('is readable by its owner alone, and so is its mark', async () => {
    await (await folder.open()).append(folder.past.begin());
    const paths = (await folder.files()).map((name) => join(folder.path, name));
    for (const path of [...paths, `${folder.path}.mark`]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('begins a new segment when one is full, with a snapshot, and keeps the one before', async () => {
    const journal = await folder.open(2_000);
    await journal.append(folder.past.begin());
    for (let cycles = 0; cycles < 40; cycles++) await journal.append(folder.past.cycle());
    await journal.close();
    expect((await folder.files()).length).toBeGreaterThan(2);
    expect(journal.oldestRevision()).toBeGreaterThan(1);
    expect(stateOf(await folder.open())).toEqual(snapshotOf(folder.past.state));
  });

  it('writes no more than twice what is appended, however large the snapshot is', async () => {
    const journal = await folder.open(3_000);
    await journal.append(folder.past.begin());
    // What ended leases leave in the state makes the snapshot larger than that.
    for (let cycles = 0; cycles < 60; cycles++) await journal.append(folder.past.cycle());
    await compacted();
    const begun = new Set<string>();
    for (let cycles = 0; cycles < 10; cycles++) {
      await journal.append(folder.past.cycle());
      for (const name of await folder.files()) if (name.endsWith('.snapshot')) begun.add(name);
    }
    expect(begun.size).toBeLessThan(4);
  });

  it('goes on appending while a snapshot is written, and recovers at every moment of it', async () => {
    const journal = await folder.open(4_000);
    await journal.append(folder.past.begin());
    for (let cycles = 0; cycles < 30; cycles++) {
      await journal.append(folder.past.cycle());
      const there = await JournalFolder.make();
      copyWhole(folder.path, there.path);
      const copy = await there.open();
      // A copy has no mark and is gone on from as such, but it has every event.
      expect(copy.history).toBe('incomplete');
      expect(recovered(copy).ended.size).toBe(cycles + 1);
      await there.remove();
    }
  });

  it('deletes the draft of a snapshot that a crash left', async () => {
    await writeFile(join(folder.path, '000000000000009.snapshot.x.tmp'), 'half a snapsh');
    await folder.open();
    expect(await folder.files()).toEqual(['000000000000000.log']);
  });

  it('reads from a revision on, and says when that revision is gone', async () => {
    const journal = await folder.open(2_000);
    await journal.append(folder.past.begin());
    // The segment before a snapshot is kept, so the first events are gone after the second.
    for (let snapshots = 0; snapshots < 2; snapshots++) {
      for (let cycles = 0; cycles < 40; cycles++) await journal.append(folder.past.cycle());
      await compacted();
    }
    await vi.waitFor(async () => {
      const segments = (await folder.files()).filter((name) => name.endsWith('.log'));
      expect(segments.length).toBe(2);
      expect(journal.oldestRevision()).toBe(Number.parseInt(segments[0] ?? '', 10) + 1);
    }, 20_000);
    const { revision } = folder.past.state;
    const oldest = journal.oldestRevision();
    expect(oldest).toBeGreaterThan(1);
    const all = Array.from({ length: revision - oldest + 1 }, (_, at) => oldest + at);
    expect(await revisionsFrom(journal, oldest)).toEqual(all);
    expect(await revisionsFrom(journal, revision)).toEqual([revision]);
    expect(await revisionsFrom(journal, revision + 1)).toEqual([]);
    expect(await revisionsFrom(journal, oldest - 1)).toBeUndefined();
    // As for a reader that asked before these events were dropped.
    const late = readEvents(folder.path, oldest - 1);
    expect(await late.next()).toEqual({ done: true, value: undefined });
  });

  it('reads an event once that a failed write brought in twice', async () => {
    const journal = await folder.open();
    const events = folder.past.begin();
    await journal.append(events);
    await journal.append([...events, ...folder.past.cycle()]);
    expect(await revisionsFrom(journal, 1)).toEqual([1, 2, 3, 4, 5]);
    await journal.close();
    expect((await folder.open()).events.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
  });

  it('of an earlier version, whose segments begin with snapshots, is gone on from', async () => {
    const journal = await folder.open();
    for (const event of folder.past.begin()) await journal.append([event]);
    await journal.close();
    const snapshot = snapshotOf(folder.past.state);
    const head = encodeRecord({ snapshot });
    const events = folder.past.cycle();
    await writeFile(
      join(folder.path, '000000000000002.log'),
      Buffer.concat([head, ...events.map(encodeRecord)]),
      {
        mode: 0o600,
      },
    );
    const again = await folder.open();
    expect(again.events).toEqual(events);
    expect(again.snapshot).toEqual(snapshot);
  });

  it.skipIf(process.getuid?.() === 0)('in a folder that cannot be written says so', async () => {
    await chmod(folder.path, 0o500);
    await expect(folder.open()).rejects.toMatchObject({ code: 'state_directory_unusable' });
    await chmod(folder.path, 0o700);
  });

  it('whose folder is gone says that the state directory is unusable', async () => {
    await rm(folder.path, { recursive: true });
    await expect(folder.open()).rejects.toMatchObject({ code: 'state_directory_unusable' });
  });
});
