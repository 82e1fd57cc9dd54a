import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PoolFile } from '../../src/index.js';
import { readPoolFile, writePoolFile } from '../../src/index.js';
import { PoolRecord } from '../../src/state-directory/pool-record.js';

const pool: PoolFile = {
  slots: [0, 2],
  cdpBase: 9222,
  headless: true,
  displays: false,
  cuaApps: false,
  tier: 'autonomous',
};

describe('pool.json', () => {
  let path: string;
  let remove: () => Promise<void>;
  let home: string;

  beforeEach(async () => {
    ({ path: home, remove } = await makeTempHome());
    path = join(home, 'pool.json');
  });
  afterEach(() => remove());

  it('is read back as it was written, by its owner alone, with no draft left', async () => {
    await writePoolFile(path, pool, randomUUID);
    expect(await readPoolFile(path)).toEqual(pool);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(['pool.json']);
  });

  it('that was never written means no pool', async () => {
    expect(await readPoolFile(path)).toBeUndefined();
  });

  it.each([
    ['no JSON', '{"slots": ['],
    ['no slots', '{"cdpBase": 9222}'],
    ['a slot that is no number', JSON.stringify({ ...pool, slots: ['0'] })],
    ['a negative slot', JSON.stringify({ ...pool, slots: [-1] })],
    ['too many slots', JSON.stringify({ ...pool, slots: Array.from({ length: 65 }, (_, slot) => slot) })],
    ['a slot whose port there is not', JSON.stringify({ ...pool, slots: [9_999], cdpBase: 60_000 })],
    ['an unknown tier', JSON.stringify({ ...pool, tier: 'royal' })],
  ])('with %s is refused with a way out', async (_, text) => {
    await writeFile(path, text);
    await expect(readPoolFile(path)).rejects.toMatchObject({
      code: 'bad_setting',
      hint: expect.stringContaining('launch-pool'),
    });
  });

  it.each([
    ['too many slots', { ...pool, slots: Array.from({ length: 65 }, (_, slot) => slot) }],
    ['a slot whose port there is not', { ...pool, slots: [9_999], cdpBase: 60_000 }],
  ])('with %s is not written, because it could not be read again', async (_, unfit) => {
    await writePoolFile(path, pool, randomUUID);
    await expect(writePoolFile(path, unfit, randomUUID)).rejects.toMatchObject({ code: 'bad_setting' });
    expect(await readPoolFile(path)).toEqual(pool);
  });

  it('loses no slot when several join and leave at once', async () => {
    const record = new PoolRecord(path, pool, randomUUID);
    await Promise.all([record.include(5), record.exclude(0), record.include(1), record.include(5)]);
    expect((await readPoolFile(path))?.slots).toEqual([1, 2, 5]);
  });

  it('keeps its former content if it cannot be written, and accepts the next change', async () => {
    await writePoolFile(path, pool, randomUUID);
    let ids = 0;
    const record = new PoolRecord(path, pool, () => (ids++ === 0 ? 'no/such/folder' : randomUUID()));
    await expect(record.include(7)).rejects.toThrow('ENOENT');
    expect(await readPoolFile(path)).toEqual(pool);
    await record.include(8);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ slots: [0, 2, 8] });
  });
});
