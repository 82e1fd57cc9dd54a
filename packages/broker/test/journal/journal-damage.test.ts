import {
  appendFile,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotOf } from '@escarp/lease-registry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readJournal } from '../../src/index.js';
import { JournalFolder, recovered } from './journal-folder.js';
import { openFilesBelow } from './open-files.js';

const isLong = process.env['ESCARP_LONG'] === '1';

describe('a damaged journal', { timeout: 120_000 }, () => {
  let folder: JournalFolder;
  const first = (): string => join(folder.path, '000000000000000.log');
  const refused = { code: 'journal_corrupt', hint: expect.stringContaining('down --force') };

  beforeEach(async () => {
    folder = await JournalFolder.make();
  });
  afterEach(async () => {
    await folder.close();
    const left = process.platform === 'linux' ? openFilesBelow(folder.path) : [];
    await folder.remove();
    if (left.length > 0) throw new Error(`Still open: ${left.join(', ')}`);
  });

  /** One lease is held, and its grant is the last record. */
  const granted = async (): Promise<void> => {
    const journal = await folder.open();
    for (const event of [...folder.past.begin(), ...folder.past.cycle().slice(0, 1)])
      await journal.append([event]);
    await folder.close();
  };

  /** Several segments and a snapshot. */
  const segmented = async (): Promise<void> => {
    const journal = await folder.open(2_000);
    await journal.append(folder.past.begin());
    for (let cycles = 0; cycles < 25; cycles++) {
      await journal.append(folder.past.cycle());
      // One snapshot at a time: the next segment is begun only when it is complete.
      await new Promise((resolve) => setImmediate(resolve));
    }
    // One that has just been begun holds nothing that could be lost.
    while ((await stat((await segments()).at(-1) ?? '')).size === 0)
      await journal.append(folder.past.cycle());
    await folder.close();
    expect((await segments()).length).toBeGreaterThan(1);
  };

  it('is refused whichever bit has flipped, even in the last record, and is not changed', async () => {
    await granted();
    const restore = await folder.keep();
    const whole = await readFile(first());
    // Every ninth is one in each byte, another each time.
    const everyBits = isLong ? 1 : 9;
    for (let bit = 0; bit < whole.length * 8; bit += everyBits) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await restore();
      await writeFile(first(), flipped);
      await expect(folder.open(), `bit ${bit} of ${whole.length * 8}`).rejects.toMatchObject(refused);
      expect(await readFile(first())).toEqual(flipped);
      await expect(readJournal(folder.path)).rejects.toMatchObject(refused);
    }
  });

  it('cut at any byte issues nothing twice: fences skip, and no slot counts as clean', async () => {
    await granted();
    const { fence, revision } = folder.past.state;
    const restore = await folder.keep();
    const mark = await readFile(`${folder.path}.mark`);
    const whole = await readFile(first());
    const isBeside = (length: number): boolean => whole[length] === 10 || whole[length - 1] === 10;
    for (let length = 0; length < whole.length; length++) {
      // Every fourth in short, and both sides of every end of a record.
      if (!isLong && length % 4 > 0 && !isBeside(length)) continue;
      await restore();
      await writeFile(first(), whole.subarray(0, length));
      await writeFile(`${folder.path}.mark`, mark);
      const journal = await folder.open();
      expect(journal.history).toBe('incomplete');
      const state = recovered(journal);
      expect(state.fence).toBeGreaterThan(fence);
      expect(state.revision).toBeGreaterThan(revision);
      expect(state.leases.size).toBe(0);
      expect([...state.resources.values()].filter((slot) => slot.state !== 'starting')).toEqual([]);
      await folder.close();
      expect((await folder.open()).history).toBe('complete');
    }
  });

  it.each([
    ['a part of a record', Buffer.from('0badc0de {"revision":4')],
    ['zeros, as a power failure leaves', Buffer.alloc(5_000)],
    ['a part of a record and zeros', Buffer.concat([Buffer.from('0badc0de {"rev'), Buffer.alloc(700)])],
  ])('with %s at its end keeps its leases, and offers no slot as it was', async (_, tail) => {
    await granted();
    const { fence } = folder.past.state;
    await appendFile(first(), tail);
    const journal = await folder.open();
    expect(journal.history).toBe('cut');
    expect(recovered(journal).leases.size).toBe(1);
    expect(recovered(journal).fence).toBeGreaterThan(fence);
    await folder.close();
    const again = await folder.open();
    expect([again.history, recovered(again).leases.size]).toEqual(['complete', 1]);
  });

  it('with a free slot starts it again after a torn record', async () => {
    const journal = await folder.open();
    await journal.append([...folder.past.begin(), ...folder.past.cycle()]);
    await folder.close();
    await appendFile(first(), '0badc0de {"revision":6');
    expect(recovered(await folder.open()).resources.get('slot-0')?.state).toBe('starting');
  });

  it.each([
    [
      'zeros before whole records',
      async () => appendFile(first(), Buffer.concat([Buffer.alloc(300), await lastLine()])),
    ],
    [
      'garbage between records',
      async () => appendFile(first(), Buffer.concat([Buffer.from('garbage\n'), await lastLine()])),
    ],
    ['an empty line', () => appendFile(first(), '\n')],
    ['a line that is no event', () => appendFile(first(), '8a0d04a7 null\n')],
  ])('with %s is refused', async (_, damage) => {
    await granted();
    await damage();
    await expect(folder.open()).rejects.toMatchObject(refused);
  });

  const lastLine = async (): Promise<Buffer> => {
    const whole = await readFile(first());
    return whole.subarray(whole.lastIndexOf(10, whole.length - 2) + 1);
  };

  const segments = async (): Promise<string[]> =>
    (await folder.files()).filter((name) => name.endsWith('.log')).map((name) => join(folder.path, name));
  const snapshot = async (): Promise<string> =>
    join(folder.path, (await folder.files()).findLast((name) => name.endsWith('.snapshot')) ?? '');

  it('whose segments were swapped or renamed is refused', async () => {
    await segmented();
    const [one = '', two = ''] = (await segments()).slice(-2);
    const aside = join(folder.home, 'aside');
    const restore = await folder.keep();
    await rename(one, aside);
    await rename(two, one);
    await rename(aside, two);
    await expect(folder.open()).rejects.toMatchObject(refused);
    await restore();
    await copyFile(one, two);
    await expect(folder.open()).rejects.toMatchObject(refused);
    await restore();
    await copyFile(two, join(folder.path, '000000000900000.log'));
    await expect(folder.open()).rejects.toMatchObject(refused);
    await restore();
    await rename(await snapshot(), join(folder.path, '000000000000001.snapshot'));
    await expect(folder.open()).rejects.toMatchObject(refused);
  });

  it('whose snapshot is damaged or cut is refused', async () => {
    await segmented();
    const path = await snapshot();
    const whole = await readFile(path);
    const restore = await folder.keep();
    for (let byte = 0; byte < whole.length; byte += 7) {
      await restore();
      const flipped = Buffer.from(whole);
      flipped[byte]! ^= 4;
      await writeFile(path, flipped);
      await expect(folder.open()).rejects.toMatchObject(refused);
      await writeFile(path, whole.subarray(0, byte));
      await expect(folder.open()).rejects.toMatchObject(refused);
    }
  });

  it('whose newest segment is missing or empty continues without a lease, above every fence', async () => {
    await segmented();
    const { fence } = folder.past.state;
    const restore = await folder.keep();
    const mark = await readFile(`${folder.path}.mark`);
    const newest = (await segments()).at(-1) ?? '';
    for (const damage of [() => rm(newest), () => truncate(newest, 0)]) {
      await restore();
      await writeFile(`${folder.path}.mark`, mark);
      await damage();
      const journal = await folder.open();
      expect(journal.history).toBe('incomplete');
      expect(recovered(journal).fence).toBeGreaterThan(fence);
    }
  });
});

describe('a journal that was replaced', () => {
  let folder: JournalFolder;
  const markPath = (): string => `${folder.path}.mark`;

  beforeEach(async () => {
    folder = await JournalFolder.make();
    const journal = await folder.open();
    await journal.append(folder.past.begin());
    await folder.backUp('backup');
    await copyFile(markPath(), join(folder.home, 'backup.mark'));
    const copiedAt = Date.now();
    await journal.append([...folder.past.cycle(), ...folder.past.cycle().slice(0, 1)]);
    await folder.close();
    // A backup is not restored in the moment in which it was made.
    await vi.waitUntil(() => Date.now() - copiedAt > 50, { interval: 5 });
  });
  afterEach(() => folder.remove());

  const replace = async (): Promise<void> => {
    await rm(folder.path, { recursive: true });
    await rename(join(folder.home, 'backup'), folder.path);
  };

  it.each<[string, () => Promise<unknown>]>([
    ['by nothing', () => rename(folder.path, join(folder.home, 'aside'))],
    ['by an older copy', replace],
    [
      'by an older copy, its mark moved with it',
      async () => {
        await replace();
        await rename(join(folder.home, 'backup.mark'), markPath());
      },
    ],
    [
      'by an older copy, its mark copied with it',
      async () => {
        await replace();
        await copyFile(join(folder.home, 'backup.mark'), markPath());
      },
    ],
    [
      'by an older copy, and lost its mark',
      async () => {
        await replace();
        await rm(markPath());
      },
    ],
    [
      'by nothing, and lost its mark',
      async () => {
        await rename(folder.path, join(folder.home, 'aside'));
        await rm(markPath());
      },
    ],
    [
      'by an older copy, and whose mark is damaged',
      async () => {
        await replace();
        await writeFile(markPath(), 'x');
      },
    ],
  ])('%s brings no lease, no clean slot and no fence back', async (_, damage) => {
    await damage();
    const { path } = folder;
    await mkdir(path, { recursive: true, mode: 0o700 });
    const journal = await folder.open(1_000_000, true);
    expect(journal.history).toBe('incomplete');
    const state = recovered(journal);
    expect(state.fence).toBeGreaterThan(folder.past.state.fence);
    expect(state.revision).toBeGreaterThan(folder.past.state.revision);
    expect(state.leases.size).toBe(0);
    expect([...state.resources.values()].filter((slot) => slot.state === 'free')).toEqual([]);
    await folder.close();
    const again = await folder.open(1_000_000, true);
    expect([again.history, snapshotOf(recovered(again))]).toEqual(['complete', snapshotOf(state)]);
  });

  it('ends the leases of an older copy as revoked, so that their holders are told', async () => {
    const held = recovered(await folder.open()).leases.values()[0];
    await folder.close();
    await folder.backUp('held');
    await rm(folder.path, { recursive: true });
    await rename(join(folder.home, 'held'), folder.path);
    await rm(markPath());
    const { ended } = recovered(await folder.open());
    expect(ended.get(held?.tokenDigest ?? '')).toMatchObject({ how: 'revoked', fence: held?.fence });
  });
});
