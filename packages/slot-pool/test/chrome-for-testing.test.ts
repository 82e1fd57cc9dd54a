import { makeTempHome } from '@escarp/test-support';
import type { TempHome } from '@escarp/test-support';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser, BrowserPlatform, computeExecutablePath, detectBrowserPlatform } from '@puppeteer/browsers';
import { findBrowser } from '../src/index.js';
import type { BrowserSearch } from '../src/index.js';

describe('finding a browser', () => {
  let home: TempHome;

  beforeEach(async () => {
    home = await makeTempHome();
  });

  afterEach(() => home.remove());

  const search = (explicitPath?: string): BrowserSearch => ({
    explicitPath,
    cacheDir: `${home.path}/chrome`,
    host: { platform: 'linux', isRoot: false },
    onEvent: () => {},
  });

  it('takes the path it was given', async () => {
    expect(await findBrowser(search(process.execPath))).toEqual({
      path: process.execPath,
      source: 'explicit',
    });
  });

  it('tries nothing else when the path it was given cannot be executed', async () => {
    await expect(findBrowser(search(`${home.path}/none`))).rejects.toMatchObject({
      code: 'browser_missing',
      details: {
        waysOut: [
          expect.stringContaining('ESCARP_CFT_BINARY'),
          expect.anything(),
          expect.anything(),
        ] as unknown,
      },
    });
  });

  it('takes the newest Chrome for Testing that is already there', async () => {
    await install('99.0.1.2');
    const newest = await install('131.0.6778.204');
    await install('131.0.6778.87');
    expect(await findBrowser(search())).toEqual({ path: newest, source: 'cache' });
  });

  it('skips a Chrome for Testing that was made for another kind of machine', async () => {
    const own = await install('131.0.6778.87');
    await install('199.0.1.2', BrowserPlatform.MAC_ARM);
    expect(await findBrowser(search())).toEqual({ path: own, source: 'cache' });
  });

  async function install(buildId: string, platform = detectBrowserPlatform()): Promise<string> {
    if (platform === undefined) throw new Error('There is no Chrome for Testing for this platform.');
    const cacheDir = `${home.path}/chrome`;
    const path = computeExecutablePath({ browser: Browser.CHROME, buildId, platform, cacheDir });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '', { mode: 0o755 });
    return path;
  }
});
