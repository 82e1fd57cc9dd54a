import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, describe, expect, it } from 'vitest';
import { findSuitePlaywright } from '../src/index.js';

describe('the Playwright of a suite', () => {
  const homes: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(homes.splice(0).map((remove) => remove()));
  });

  const makeRoot = async (): Promise<string> => {
    const { path, remove } = await makeTempHome();
    homes.push(remove);
    return realpath(path);
  };
  const install = async (folder: string, version: string): Promise<string> => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ version }));
    return folder;
  };

  it('is the one above the folder', async () => {
    const root = await makeRoot();
    const folder = await install(join(root, 'node_modules/playwright-core'), '1.65.1');
    expect(findSuitePlaywright(join(root, 'packages/e2e'))).toEqual({ folder, version: '1.65.1' });
  });

  it('is the one that the runner depends on, where only the runner sees it', async () => {
    const root = await makeRoot();
    const store = join(root, 'store/runner/node_modules');
    await install(join(store, '@playwright/test'), '1.64.0');
    await install(join(store, 'playwright'), '1.64.0');
    const folder = await install(join(store, 'playwright-core'), '1.64.0');
    const link = join(root, 'packages/e2e/node_modules/@playwright/test');
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(store, '@playwright/test'), link);
    await install(join(root, 'node_modules/playwright-core'), '1.61.0');
    expect(findSuitePlaywright(join(root, 'packages/e2e'))).toEqual({ folder, version: '1.64.0' });
  });

  it.each(['1.60.0-alpha-1', '1.60.0', '1.100.0', '2.0.0'])('may be of version %s', async (version) => {
    const root = await makeRoot();
    await install(join(root, 'node_modules/playwright-core'), version);
    expect(findSuitePlaywright(root)).toMatchObject({ version });
  });

  it('may not be older; the error names the version that is needed, and another way', async () => {
    const root = await makeRoot();
    await install(join(root, 'node_modules/playwright-core'), '1.59.9');
    expect(() => findSuitePlaywright(root)).toThrow(
      expect.objectContaining({
        code: 'playwright_too_old',
        message: 'The suite has Playwright 1.59.9; 1.60 or newer is needed.',
        hint: expect.stringContaining('Update @playwright/test'),
      }),
    );
  });

  it('is missing where there is none', async () => {
    const root = await makeRoot();
    expect(() => findSuitePlaywright(root)).toThrow(expect.objectContaining({ code: 'playwright_missing' }));
  });
});
