import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';
import type { PageSite } from '../src/page-site.js';
import { startPageSite } from '../src/page-site.js';
import { patience, PlaywrightSuite } from '../src/playwright-suite.js';

const config = (more = '') =>
  `module.exports = { testDir: '.', reporter: 'json', fullyParallel: true, workers: 2, ${patience}, ${more} };`;

const opensPage = `async ({ page }) => {
  await page.goto('/');
  await page.click('#press');
  await expect(page.locator('output')).toHaveText('pressed 1');
}`;

async function statuses(suite: PlaywrightSuite): Promise<Record<string, string[]>> {
  const byTitle: Record<string, string[]> = {};
  for (const { title, status } of await suite.attempts()) (byTitle[title] ??= []).push(status);
  return byTitle;
}

describe('escarp run --playwright', { tags: ['browser'], timeout: 180_000 }, () => {
  let home: EscarpHome;
  let site: PageSite;
  let suites = 0;

  beforeAll(async () => {
    site = await startPageSite();
    home = await makeEscarpHome(2, { ...keepsBrowsers, PLAYWRIGHT_TEST_BASE_URL: site.url });
    await home.up();
  }, 120_000);
  afterEach(async () => home.settled(), 120_000);
  afterAll(async () => {
    site.close();
    await home.remove();
  }, 120_000);

  const make = async (files: Record<string, string>, runner?: string): Promise<PlaywrightSuite> =>
    PlaywrightSuite.make(home, {
      files,
      folder: `packages/suite-${++suites}`,
      ...(runner === undefined ? {} : { runner }),
    });

  it.each([
    ['CommonJS', 'playwright.config.js', config(), `const { test, expect } = require('@playwright/test');`],
    [
      'ES modules',
      'playwright.config.mjs',
      config().replace('module.exports =', 'export default'),
      `import { test, expect } from '@playwright/test';`,
    ],
    [
      'TypeScript',
      'playwright.config.ts',
      config().replace('module.exports =', 'export default'),
      `import { test, expect } from '@playwright/test'; const none: undefined = undefined; void none;`,
    ],
  ])('runs a suite in %s as it is, with a lease for each worker', async (kind, name, text, imports) => {
    const ending = kind === 'TypeScript' ? 'ts' : kind === 'CommonJS' ? 'js' : 'mjs';
    const suite = await make({
      [name]: text,
      [`shop.spec.${ending}`]: `${imports}
        for (const number of [1, 2, 3, 4]) test('press ' + number, ${opensPage});`,
    });
    const journal = await home.journal();
    const { exitCode, stderr } = await suite.run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect((await suite.attempts()).map(({ status }) => status)).toEqual(
      Array.from({ length: 4 }, () => 'passed'),
    );
    await home.settled();
    const granted = journal.events.filter(({ type }) => type === 'lease-granted');
    expect(granted).toHaveLength(2);
  });

  it('works with the oldest version that it accepts', async () => {
    const suite = await make(
      {
        'playwright.config.js': config(`use: { trace: 'on' }`),
        'old.spec.js': `const { test, expect } = require('@playwright/test'); test('press', ${opensPage});`,
      },
      'playwright-test-oldest',
    );
    const { exitCode, stderr } = await suite.run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const version = await readFile(join(suite.folder, 'node_modules/@playwright/test/package.json'), 'utf8');
    expect(JSON.parse(version)).toMatchObject({ version: '1.60.0' });
  });

  it('takes traces, screenshots, devices, sign-in state, retries and shards as Playwright does', async () => {
    const suite = await make({
      'playwright.config.js': `const { devices } = require('@playwright/test');
        ${config(`retries: 1,
          use: { trace: 'on', screenshot: 'only-on-failure' },
          projects: [
            { name: 'setup', testMatch: 'setup.js' },
            { name: 'phone', dependencies: ['setup'], testMatch: 'shop.spec.js',
              use: { ...devices['Pixel 7'], storageState: 'state.json' } },
          ],`)}`,
      'setup.js': `const { test } = require('@playwright/test');
        test('sign in', async ({ page }) => {
          await page.goto('/');
          await page.evaluate(() => { document.cookie = 'user=me'; localStorage.theme = 'dark'; });
          await page.context().storageState({ path: 'state.json' });
        });`,
      'shop.spec.js': `const { test, expect } = require('@playwright/test');
        test('is a phone that is signed in', async ({ page, isMobile }) => {
          await page.goto('/');
          expect(isMobile).toBe(true);
          expect(page.viewportSize()).toEqual({ width: 412, height: 839 });
          expect(await page.evaluate(() => [document.cookie, localStorage.theme])).toEqual(['user=me', 'dark']);
          expect(await page.evaluate(() => navigator.userAgent)).toContain('Pixel 7');
        });
        test('passes at the second attempt', async ({ page }, { retry }) => {
          await page.goto('/');
          await expect(page.locator('output')).toHaveText(retry === 0 ? 'no such text' : 'not pressed', { timeout: retry === 0 ? 200 : 60_000 });
        });`,
    });
    const { exitCode } = await suite.run([], ['--shard=1/1']);
    expect(exitCode).toBe(0);
    expect(await suite.attempts()).toMatchObject([
      { title: 'sign in', status: 'passed' },
      { title: 'is a phone that is signed in', status: 'passed', attachments: ['trace'] },
      // One screenshot: the slot's own tab is none of the test's.
      { status: 'failed', attachments: ['screenshot', 'error-context', 'trace'] },
      { title: 'passes at the second attempt', status: 'passed', attachments: ['trace'] },
    ]);
  });

  it("records videos with the suite's ffmpeg", async () => {
    const suite = await make({
      'playwright.config.js': config(`use: { video: 'on' }`),
      'filmed.spec.js': `const { test, expect } = require('@playwright/test'); test('press', ${opensPage});`,
    });
    // Instead of the real one, which is a download: it keeps the pictures that it is given.
    const { browsers }: { browsers: { name: string; revision: string }[] } = JSON.parse(
      await readFile(join(home.project, 'node_modules/playwright-core/browsers.json'), 'utf8'),
    );
    const { revision = '' } = browsers.find(({ name }) => name === 'ffmpeg') ?? {};
    const folder = join(home.project, 'browsers');
    const ffmpeg = join(
      folder,
      `ffmpeg-${revision}`,
      process.platform === 'darwin' ? 'ffmpeg-mac' : 'ffmpeg-linux',
    );
    await mkdir(dirname(ffmpeg), { recursive: true });
    await writeFile(ffmpeg, '#!/bin/sh\nfor last; do :; done\nexec cat > "$last"\n', { mode: 0o755 });
    const { exitCode } = await suite.run([], [], { PLAYWRIGHT_BROWSERS_PATH: folder });
    expect(exitCode).toBe(0);
    expect((await suite.attempts())[0]?.attachments).toEqual(['video']);
  });

  it('says that a worker waits where there are more workers than slots, and serves it in its turn', async () => {
    const suite = await make({
      'playwright.config.js': config('').replace('workers: 2', 'workers: 4'),
      'many.spec.js': `const { test, expect } = require('@playwright/test');
        for (const number of [1, 2, 3, 4, 5, 6]) test('press ' + number, ${opensPage});`,
    });
    const { exitCode, stderr } = await suite.run();
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^escarp: Worker \d waits for a slot: all 2 are leased\.$/m);
    expect(stderr).toMatch(/^escarp: Worker \d has slot \d\.$/m);
    expect((await suite.attempts()).every(({ status }) => status === 'passed')).toBe(true);
  });

  it('serves two suites at once', async () => {
    const files = {
      'playwright.config.js': config(),
      'two.spec.js': `const { test, expect } = require('@playwright/test');
        for (const number of [1, 2, 3, 4]) test('press ' + number, ${opensPage});`,
    };
    const both = await Promise.all([make(files), make(files)]);
    const ended = await Promise.all(both.map((suite) => suite.run()));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  it('gives the slot of a worker that is killed to the next one', async () => {
    const suite = await make({
      'playwright.config.js': config('').replace('workers: 2', 'workers: 1'),
      'killed.spec.js': `const { test, expect } = require('@playwright/test');
        test('is killed', async ({ page }) => { await page.goto('/'); process.kill(process.pid, 'SIGKILL'); });
        test('goes on', ${opensPage});`,
    });
    const journal = await home.journal();
    expect(await suite.run()).toMatchObject({ exitCode: 1 });
    expect(await statuses(suite)).toEqual({ 'is killed': ['failed'], 'goes on': ['passed'] });
    const first = await journal.until({ type: 'lease-ended', how: 'released' });
    await journal.until({ type: 'lease-ended', how: 'released' }, first);
  });

  it('does not let the crash of a browser fail the test after', async () => {
    const suite = await make({
      'playwright.config.js': config('').replace('workers: 2', 'workers: 1'),
      'crash.spec.js': `const { test, expect } = require('@playwright/test');
        test('crashes', async ({ page }) => {
          const { slots } = await (await fetch(process.env.ESCARP_BROKER_URL + '/status')).json();
          process.kill(slots.find(({ state }) => state === 'leased').pid, 'SIGKILL');
          await page.goto('/');
        });
        test('goes on', ${opensPage});`,
    });
    expect(await suite.run()).toMatchObject({ exitCode: 1 });
    expect(await statuses(suite)).toEqual({ crashes: ['failed'], 'goes on': ['passed'] });
  });

  it('goes on where the daemon is killed, and has one again for the next worker', async () => {
    const suite = await make({
      'playwright.config.js': config('').replace('workers: 2', 'workers: 1'),
      'daemon.spec.js': `const { test, expect } = require('@playwright/test');
        const { readFileSync } = require('node:fs');
        test.describe.serial('while the daemon is dead', () => {
          test('kills it', async ({ page }) => {
            await page.goto('/');
            const { pid } = JSON.parse(readFileSync(process.env.ESCARP_HOME + '/daemon.json', 'utf8'));
            process.kill(pid, 'SIGKILL');
            await page.click('#press');
            await expect(page.locator('output')).toHaveText('pressed 1');
          });
          test('goes on', ${opensPage});
        });`,
      // Playwright gives tests with other options of the worker to another worker.
      'later.spec.js': `const { test, expect } = require('@playwright/test');
        test.use({ launchOptions: { slowMo: 1 } });
        test('has another lease', ${opensPage});`,
    });
    const { exitCode } = await suite.run();
    expect(exitCode).toBe(0);
    expect(await statuses(suite)).toEqual({
      'kills it': ['passed'],
      'goes on': ['passed'],
      'has another lease': ['passed'],
    });
  });

  it('tells the test of a worker whose lease was revoked, and says so', async () => {
    const suite = await make({
      'playwright.config.js': config('').replace('workers: 2', 'workers: 1'),
      'revoked.spec.js': `const { test, expect } = require('@playwright/test');
        test('is cut off', async ({ page }) => {
          await page.goto('/');
          const closed = page.waitForEvent('close');
          const { slots } = await (await fetch(process.env.ESCARP_BROKER_URL + '/status')).json();
          await fetch(process.env.ESCARP_BROKER_URL + '/revoke', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ slot: slots.find(({ state }) => state === 'leased').slot }),
          });
          await closed;
          throw new Error('The page was closed.');
        });
        test('goes on', ${opensPage});`,
    });
    const { exitCode, stderr } = await suite.run();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^escarp: Worker 1 has lost slot \d: .*revoked/m);
    expect(await statuses(suite)).toEqual({ 'is cut off': ['failed'], 'goes on': ['passed'] });
  });

  it('launches other engines as usual, and says so once', async () => {
    const suite = await make({
      'playwright.config.js': config(`projects: [
        { name: 'leased', use: { browserName: 'chromium' } },
        { name: 'launched', use: { browserName: 'firefox', launchOptions: { executablePath: '/nowhere/firefox' } } },
      ]`),
      'engines.spec.js': `const { test, expect } = require('@playwright/test');
        test('one', ${opensPage});
        test('two', ${opensPage});`,
    });
    const { stderr } = await suite.run();
    expect(stderr.match(/Slots are Chromium: firefox is launched for each worker as usual\./g)).toHaveLength(
      1,
    );
    const attempts = await suite.attempts();
    const launched = attempts.find(({ project }) => project === 'launched');
    expect(launched?.error).toContain('/nowhere/firefox');
    expect(attempts.filter(({ project }) => project === 'leased')).toMatchObject([
      { status: 'passed' },
      { status: 'passed' },
    ]);
  });

  it('says which folder to name where the suite runs with another Playwright', async () => {
    const other = await make({}, 'playwright-test-oldest');
    const suite = await make({
      'playwright.config.js': config(),
      'other.spec.js': `const { test, expect } = require('@playwright/test'); test('press', ${opensPage});`,
    });
    const { exitCode, stderr } = await suite.run(['--suite', other.folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/runs with Playwright 1\.65, and the folder that escarp looked in has 1\.60\.0/);
    expect((await suite.attempts())[0]?.error).toContain('--suite');
  });

  it.each([
    ['PWDEBUG', [], { PWDEBUG: '1' }],
    ['--debug', ['--debug'], {}],
    ['--headed', ['--headed'], {}],
  ] as const)('runs with %s, which a slot has no window for', async (_, words, env) => {
    const suite = await make({
      'playwright.config.js': config(),
      'shop.spec.js': `const { test, expect } = require('@playwright/test'); test('press', ${opensPage});`,
    });
    expect(await suite.run([], words, env)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('says what to do where there is no Playwright, and starts nothing', async () => {
    const words = ['run', '--playwright', '--suite', '/', '--', 'node', '-p', '"started"'];
    const { exitCode, stdout, stderr } = await home.escarp(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/There is no Playwright in \/ or above it\.\s+Install @playwright\/test there/);
  });
});

describe('escarp run --playwright without a pool', { tags: ['browser'], timeout: 180_000 }, () => {
  it('starts one, and stops it when the last of two suites has ended', async () => {
    const site = await startPageSite();
    const home = await makeEscarpHome(2, { PLAYWRIGHT_TEST_BASE_URL: site.url });
    const files = {
      'playwright.config.js': config(),
      'one.spec.js': `const { test, expect } = require('@playwright/test');
        for (const number of [1, 2, 3, 4]) test('press ' + number, ${opensPage});`,
    };
    const make = async (folder: string) => PlaywrightSuite.make(home, { files, folder });
    try {
      const both = await Promise.all([make('one'), make('two')]);
      const ended = await Promise.all(both.map((suite) => suite.run()));
      expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(await home.escarp('status')).toMatchObject({ exitCode: 2 });
      const { stdout } = await home.escarp('down', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ daemon_stopped: false, slots_stopped: [] });
    } finally {
      site.close();
      await home.remove();
    }
  });
});
