import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  discardStrip,
  keepStrip,
  listStrips,
  readPicture,
  removeStrip,
  type StripLease,
  type StripLimits,
  StripWriter,
  tidyStrips,
} from '@escarp/screenshots';
import { makeTempHome, type TempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let temp: TempHome;
let home: string;

beforeEach(async () => {
  temp = await makeTempHome();
  home = temp.path;
});
afterEach(async () => temp.remove());

const lease = (number: number): StripLease => ({
  lease: `00000000-0000-4000-8000-00000000000${number}`,
  slot: number,
  fence: 10 + number,
  holder: 'claude',
  since: 1_000 + number,
});
const picture = { file: '1.jpg', at: 1, bytes: 100, title: '', url: '' };
const folderOf = (number: number): string => join(home, 'screenshots', lease(number).lease);

async function fill(
  number: number,
  times: readonly number[],
  options: { isKept?: boolean; limits?: StripLimits } = {},
) {
  const writer = await StripWriter.open(home, lease(number), options);
  for (const at of times)
    await writer.add({ at, title: `at ${at}`, url: 'http://shop/', jpeg: Buffer.alloc(100, at) });
  await writer.close();
}

const timesOf = async (number: number): Promise<number[]> => {
  const strip = (await listStrips(home)).find(({ slot }) => slot === number);
  return strip?.pictures.map(({ at }) => at) ?? [];
};

describe('a strip', () => {
  it('is for its owner alone', async () => {
    await fill(0, [1]);
    for (const name of await readdir(folderOf(0))) {
      expect((await stat(join(folderOf(0), name))).mode & 0o777, name).toBe(0o600);
    }
    expect((await stat(folderOf(0))).mode & 0o777).toBe(0o700);
  });

  it('is read as it was written', async () => {
    await fill(0, [1, 2]);
    const [strip] = await listStrips(home);
    expect(strip).toMatchObject({
      ...lease(0),
      isKept: false,
      pictures: [{ title: 'at 1' }, { title: 'at 2' }],
    });
    const file = strip?.pictures[1]?.file ?? '';
    expect(await readPicture(home, lease(0).lease, file)).toEqual(Buffer.alloc(100, 2));
  });

  it('keeps its first and last pictures, and more of recent times than of old ones', async () => {
    const times = Array.from({ length: 200 }, (_, at) => at + 1);
    await fill(0, times, { limits: { picturesMax: 20, bytesMax: 1e6, pictureBytesMax: 1e6 } });
    const kept = await timesOf(0);
    expect(kept).toHaveLength(20);
    expect([kept[0], kept.at(-1)]).toEqual([1, 200]);
    expect(kept.filter((at) => at > 100).length).toBeGreaterThan(kept.filter((at) => at <= 100).length);
    // Files of the others, and nothing else, are gone.
    expect((await readdir(folderOf(0))).length).toBe(kept.length + 1);
  });

  it('has a bound of bytes, and leaves out a picture that is too large', async () => {
    await fill(0, [1, 2, 3, 4, 5], { limits: { picturesMax: 99, bytesMax: 300, pictureBytesMax: 100 } });
    expect(await timesOf(0)).toHaveLength(3);
    await fill(0, [6], { limits: { picturesMax: 99, bytesMax: 300, pictureBytesMax: 99 } });
    expect(await timesOf(0)).not.toContain(6);
  });

  it('is gone on with by whoever opens it next, without what a crash left half written', async () => {
    await fill(0, [1]);
    await writeFile(join(folderOf(0), '7.jpg'), 'half');
    await writeFile(join(folderOf(0), 'strip.json.new'), '{');
    await fill(0, [2]);
    expect(await timesOf(0)).toEqual([1, 2]);
    expect((await readdir(folderOf(0))).toSorted()).toEqual(['1.jpg', '2.jpg', 'strip.json']);
  });

  it.each(['', '{', '{"lease":"other"}', '[]'])(
    'with the list %j is left out, and begun anew',
    async (list) => {
      await fill(0, [1]);
      await writeFile(join(folderOf(0), 'strip.json'), list);
      expect(await listStrips(home)).toEqual([]);
      await fill(0, [2]);
      expect(await timesOf(0)).toEqual([2]);
    },
  );

  it.each(['../strip.json', 'strip.json', 'kept', '1.jpg/../strip.json', ''])(
    'gives out nothing but its pictures: not %j',
    async (file) => {
      await fill(0, [1]);
      expect(await readPicture(home, lease(0).lease, file)).toBeUndefined();
      expect(await readPicture(home, '../journal', '1.jpg')).toBeUndefined();
    },
  );
});

describe('the strips of a state directory', () => {
  it('are deleted, unless they are kept', async () => {
    await fill(0, [1]);
    await fill(1, [1], { isKept: true });
    await fill(2, [1]);
    expect(await keepStrip(home, lease(2).lease)).toBe(true);
    for (const number of [0, 1, 2]) await discardStrip(home, lease(number).lease);
    expect((await listStrips(home)).map(({ slot, isKept }) => [slot, isKept])).toEqual([
      [2, true],
      [1, true],
    ]);
    expect(await removeStrip(home, lease(1).lease)).toBe(true);
    expect(await removeStrip(home, lease(1).lease)).toBe(false);
    expect(await keepStrip(home, lease(0).lease)).toBe(false);
    expect(await readdir(join(home, 'screenshots'))).toEqual([lease(2).lease]);
  });

  it('are deleted once when several ask at the same time', async () => {
    await fill(0, [1, 2, 3]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => removeStrip(home, lease(0).lease)));
    expect(answers.filter((isRemoved) => isRemoved)).toHaveLength(1);
    expect(await readdir(join(home, 'screenshots'))).toEqual([]);
  });

  it('are deleted after a deletion that was cut short', async () => {
    await fill(0, [1]);
    await cp(folderOf(0), join(home, 'screenshots', `.leaving-${lease(0).lease}`), { recursive: true });
    expect(await removeStrip(home, lease(0).lease)).toBe(true);
    expect(await readdir(join(home, 'screenshots'))).toEqual([]);
  });

  it('lose at a start what ended leases have left, and the oldest of too many kept ones', async () => {
    for (const number of [0, 1, 2, 3]) await fill(number, [1], { isKept: number > 1 });
    await mkdir(join(home, 'screenshots', '.leaving-x'));
    await tidyStrips(home, (id) => id === lease(0).lease, { stripsMax: 1, bytesMax: 1e6 });
    expect((await readdir(join(home, 'screenshots'))).toSorted()).toEqual([lease(0).lease, lease(3).lease]);
    await tidyStrips(home, () => false, { stripsMax: 9, bytesMax: 99 });
    expect(await readdir(join(home, 'screenshots'))).toEqual([]);
  });

  it('share their folder with what the user keeps there, which stays', async () => {
    await fill(0, [1]);
    const own = join(home, 'screenshots', 'holiday');
    await mkdir(own);
    await writeFile(join(own, '1.jpg'), 'precious');
    await tidyStrips(home, () => false);
    expect(await readdir(join(home, 'screenshots'))).toEqual(['holiday']);
    expect(await readFile(join(own, '1.jpg'), 'utf8')).toBe('precious');
  });

  it('are not looked for behind a link', async () => {
    await fill(0, [1]);
    const outside = join(home, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'precious'), 'precious');
    await symlink(outside, folderOf(1));
    expect(await listStrips(home)).toHaveLength(1);
    await tidyStrips(home, () => false);
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('precious');
    await expect(fill(1, [1])).rejects.toThrow('ENOTDIR');
  });

  it.each([
    ['a time that no calendar has', { since: 1e300 }],
    ['a picture that leads elsewhere', { pictures: [{ ...picture, file: '../../secret' }] }],
    ['a picture of a time that no calendar has', { pictures: [{ ...picture, at: 8_640_000_000_001 }] }],
    ['a lease of another name', { lease: lease(1).lease }],
  ])('are not listed where one was damaged into %s', async (_, damage) => {
    await fill(0, [1]);
    const path = join(folderOf(0), 'strip.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...damage }));
    expect(await listStrips(home)).toEqual([]);
  });

  it('are none where no screenshot was ever taken', async () => {
    await tidyStrips(home, () => false);
    expect(await listStrips(home)).toEqual([]);
    expect(await readdir(home)).toEqual([]);
  });
});
