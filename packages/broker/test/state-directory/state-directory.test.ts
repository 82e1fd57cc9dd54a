import { chmod, chown, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateDirectory, readOrMakeSecret, readSecret } from '../../src/index.js';

const uid = process.getuid?.();
const isRoot = uid === 0;

describe('the state directory', () => {
  let temp: string;
  let home: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: temp, remove } = await makeTempHome());
    home = join(temp, 'home');
  });
  afterEach(() => remove());

  const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777;
  const unusable = { code: 'state_directory_unusable' };

  it('and every folder in it belong to their owner alone from the first moment', async () => {
    const { journal, locks } = await openStateDirectory(home, uid);
    for (const path of [home, journal, locks, join(home, 'run'), join(home, 'logs'), join(home, 'profiles')])
      expect(await modeOf(path)).toBe(0o700);
  });

  it('can be opened again', async () => {
    await openStateDirectory(home, uid);
    await expect(openStateDirectory(home, uid)).resolves.toMatchObject({ home });
  });

  it('is refused as a symbolic link, because others may own what it points to', async () => {
    await mkdir(join(temp, 'elsewhere'), { mode: 0o700 });
    await symlink(join(temp, 'elsewhere'), home);
    await expect(openStateDirectory(home, uid)).rejects.toMatchObject(unusable);
  });

  it('is refused when a folder in it is a symbolic link', async () => {
    await mkdir(join(temp, 'elsewhere'), { mode: 0o700 });
    await mkdir(home, { mode: 0o700 });
    await symlink(join(temp, 'elsewhere'), join(home, 'journal'));
    await expect(openStateDirectory(home, uid)).rejects.toMatchObject(unusable);
  });

  it.each(['trash', 'screenshots'])(
    'is refused at the first start, unchanged, if it has a folder %s of the user that would be emptied',
    async (folder) => {
      await mkdir(join(home, folder), { recursive: true });
      await writeFile(join(home, folder, 'holiday.jpg'), 'precious');
      await expect(openStateDirectory(home, uid)).rejects.toMatchObject(unusable);
      expect(await readdir(home)).toEqual([folder]);
      expect(await readdir(join(home, folder))).toEqual(['holiday.jpg']);
    },
  );

  it.each(['instance', 'journal.mark'])(
    'is accepted with files in those folders if it has our %s',
    async (sign) => {
      await openStateDirectory(home, uid);
      await writeFile(join(home, sign), 'ours\n');
      await mkdir(join(home, 'trash', 'left'), { recursive: true });
      await expect(openStateDirectory(home, uid)).resolves.toMatchObject({ home });
    },
  );

  it('is refused when others may write to it', async () => {
    await openStateDirectory(home, uid);
    await chmod(home, 0o777);
    await expect(openStateDirectory(home, uid)).rejects.toMatchObject(unusable);
  });

  it.runIf(isRoot)('is refused when it belongs to somebody else', async () => {
    await openStateDirectory(home, uid);
    await chown(home, 65_534, 65_534);
    await expect(openStateDirectory(home, uid)).rejects.toMatchObject(unusable);
  });

  it.runIf(process.platform === 'linux')(
    'is refused if the system allows no folders in that place',
    async () => {
      await expect(openStateDirectory('/proc/escarp/home', uid)).rejects.toMatchObject(unusable);
    },
  );

  it('is refused if it cannot be created', async () => {
    await writeFile(join(temp, 'file'), '');
    await expect(openStateDirectory(join(temp, 'file', 'home'), uid)).rejects.toMatchObject(unusable);
  });

  describe('keeps a secret', () => {
    it('that nobody else can read and that stays the same', async () => {
      const path = join(temp, 'secret');
      const first = 'a first long secret';
      expect(await readOrMakeSecret(path, () => first)).toBe(first);
      expect(await readOrMakeSecret(path, () => 'another long secret')).toBe(first);
      expect(await modeOf(path)).toBe(0o600);
    });

    it('and refuses one that others could have read', async () => {
      const path = join(temp, 'secret');
      await writeFile(path, 'known', { mode: 0o644 });
      await expect(readSecret(path)).rejects.toMatchObject(unusable);
    });

    it('and refuses a link in its place', async () => {
      await writeFile(join(temp, 'other'), 'known', { mode: 0o600 });
      await symlink(join(temp, 'other'), join(temp, 'secret'));
      await expect(readOrMakeSecret(join(temp, 'secret'), () => 'mine')).rejects.toMatchObject(unusable);
      expect(await readFile(join(temp, 'other'), 'utf8')).toBe('known');
    });

    it('and refuses an empty one, from which anyone could derive tokens', async () => {
      await writeFile(join(temp, 'secret'), '', { mode: 0o600 });
      await expect(readOrMakeSecret(join(temp, 'secret'), () => 'mine')).rejects.toMatchObject(unusable);
    });

    it('that is the same for everyone who asks for it at the same time', async () => {
      const path = join(temp, 'secret');
      const names = Array.from({ length: 20 }, (_, at) => `a long secret of number ${at}`);
      const found = await Promise.all(names.map((name) => readOrMakeSecret(path, () => name)));
      expect(new Set(found).size).toBe(1);
      expect(await readdir(temp)).toEqual(['secret']);
    });
  });
});
