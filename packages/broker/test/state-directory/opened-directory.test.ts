import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateDirectory } from '../../src/index.js';
import { openStateDirectory } from '../../src/index.js';
import type { OpenedDirectory } from '../../src/state-directory/opened-directory.js';
import { holdDirectory } from '../../src/state-directory/opened-directory.js';

describe('an opened state directory', () => {
  let temp: string;
  let directory: StateDirectory;
  let opened: OpenedDirectory;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: temp, remove } = await makeTempHome());
    directory = await openStateDirectory(join(temp, 'home'), process.getuid?.());
    await writeFile(join(directory.locks, 'daemon.lock'), '');
    opened = await holdDirectory(directory);
  });
  afterEach(async () => {
    await opened.close();
    await remove();
  });

  it('is unchanged when its content changes', async () => {
    await writeFile(join(directory.journal, 'a'), '');
    await rm(join(directory.home, 'tmp'), { recursive: true });
    expect(opened.loss()).toBeUndefined();
  });

  it.each(['home', 'journal', 'locks'] as const)(
    'tells that its %s was moved, and that it is back',
    async (part) => {
      await rename(directory[part], join(temp, 'aside'));
      expect(opened.loss()).toContain('was moved or deleted');
      await mkdir(directory[part]);
      expect(opened.loss()).toBeDefined();
      await rm(directory[part], { recursive: true });
      await rename(join(temp, 'aside'), directory[part]);
      expect(opened.loss()).toBeUndefined();
    },
  );

  it('reports that its lock was replaced by another', async () => {
    const lock = join(directory.locks, 'daemon.lock');
    await writeFile(`${lock}.other`, '');
    await rename(`${lock}.other`, lock);
    expect(opened.loss()).toBe(`${lock} was replaced by another.`);
  });
});
