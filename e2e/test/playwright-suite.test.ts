import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';
import type { Journal } from '../src/journal.js';
import type { PageSite } from '../src/page-site.js';
import { startPageSite } from '../src/page-site.js';
import { patience, PlaywrightSuite } from '../src/playwright-suite.js';
import type { Ended } from '../src/program.js';

const config = (more = '') =>
  `module.exports = { testDir: '.', reporter: 'json', fullyParallel: true, workers: 2, ${patience}, ${more} };`;

/** For what does not need two: a worker takes a processor for a second to start. */
const oneWorker = (more = '') => config(more).replace('workers: 2', 'workers: 1');

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

/** Folder of one in the place of the suite's ffmpeg, which is a download: it keeps the pictures that it is given. */
async function fakeFfmpeg(project: string): Promise<string> {
  const { browsers }: { browsers: { name: string; revision: string }[] } = JSON.parse(
    await readFile(join(project, 'node_modules/playwright-core/browsers.json'), 'utf8'),
  );
  const { revision = '' } = browsers.find(({ name }) => name === 'ffmpeg') ?? {};
  const folder = join(project, 'browsers');
  const program = process.platform === 'darwin' ? 'ffmpeg-mac' : 'ffmpeg-linux';
  const ffmpeg = join(folder, `ffmpeg-${revision}`, program);
  await mkdir(dirname(ffmpeg), { recursive: true });
  await writeFile(ffmpeg, '#!/bin/sh\nfor last; do :; done\nexec cat > "$last"\n', { mode: 0o755 });
  return folder;
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

  describe('of three workers on two slots', () => {
    /** Until the third has been refused a slot at once, the first two keep theirs. */
    const opensPageAndStays = `async ({ page }) => {
      await page.goto('/');
      await page.click('#press');
      await expect(page.locator('output')).toHaveText('pressed 1');
      for (;;) {
        if (existsSync('one-waited')) return;
        const status = await (await fetch(process.env.ESCARP_BROKER_URL + '/status')).json();
        if (status.queue_length > 0) return writeFileSync('one-waited', '');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }`;
    let journal: Journal;
    let suite: PlaywrightSuite;
    let ended: Ended;

    beforeAll(async () => {
      suite = await make({
        'playwright.config.ts': config()
          .replace('module.exports =', 'export default')
          .replace('workers: 2', 'workers: 3'),
        'shop.spec.cjs': `const { test, expect } = require('@playwright/test');
          const { existsSync, writeFileSync } = require('node:fs');
          test('CommonJS', ${opensPageAndStays});`,
        'shop.spec.mjs': `import { existsSync, writeFileSync } from 'node:fs';
          import { test, expect } from '@playwright/test';
          test('ES modules', ${opensPageAndStays});`,
        'shop.spec.ts': `import { existsSync, writeFileSync } from 'node:fs';
          import { test, expect } from '@playwright/test';
          const none: undefined = undefined; void none;
          test('TypeScript', ${opensPageAndStays});`,
      });
      journal = await home.journal();
      ended = await suite.run();
    }, 180_000);

    it('runs a suite in CommonJS, ES modules and TypeScript as it is, with a lease for each worker', async () => {
      expect(ended.exitCode).toBe(0);
      expect(await statuses(suite)).toEqual({
        CommonJS: ['passed'],
        'ES modules': ['passed'],
        TypeScript: ['passed'],
      });
      let released: Json | undefined;
      for (let worker = 1; worker <= 3; worker++)
        released = await journal.until({ type: 'lease-ended', how: 'released' }, released);
      expect(journal.events.filter(({ type }) => type === 'lease-granted')).toHaveLength(3);
    });

    it('says that a worker waits where there are more workers than slots, and serves it in its turn', () => {
      expect(ended.stderr).toMatch(
        /^escarp: Worker (\d) waits for a slot: all 2 are leased\.\nescarp: Worker \1 has slot \d\.\n$/,
      );
    });
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

  describe('with what Playwright writes of a test', () => {
    let suite: PlaywrightSuite;
    let ended: Ended;

    beforeAll(async () => {
      suite = await make({
        'playwright.config.js': `const { devices } = require('@playwright/test');
          ${oneWorker(`projects: [
            { name: 'setup', testMatch: 'setup.js', retries: 1, use: { trace: 'on', screenshot: 'only-on-failure' } },
            { name: 'phone', dependencies: ['setup'], testMatch: 'shop.spec.js', retries: 1,
              use: { trace: 'on', screenshot: 'only-on-failure', ...devices['Pixel 7'], storageState: 'state.json' } },
            { name: 'filmed', testMatch: 'filmed.spec.js', use: { video: 'on' } },
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
        'filmed.spec.js': `const { test, expect } = require('@playwright/test'); test('press', ${opensPage});`,
      });
      ended = await suite.run([], ['--shard=1/1'], {
        PLAYWRIGHT_BROWSERS_PATH: await fakeFfmpeg(home.project),
      });
    }, 180_000);

    it('takes traces, screenshots, devices, sign-in state, retries and shards as Playwright does', async () => {
      expect(ended.exitCode).toBe(0);
      const attempts = (await suite.attempts()).filter(({ project }) => project !== 'filmed');
      expect(attempts).toMatchObject([
        { title: 'sign in', status: 'passed' },
        { title: 'is a phone that is signed in', status: 'passed', attachments: ['trace'] },
        // One screenshot: the slot's own tab is none of the test's.
        { status: 'failed', attachments: ['screenshot', 'error-context', 'trace'] },
        { title: 'passes at the second attempt', status: 'passed', attachments: ['trace'] },
      ]);
    });

    it("records videos with the suite's ffmpeg", async () => {
      expect(ended.exitCode).toBe(0);
      const filmed = (await suite.attempts()).filter(({ project }) => project === 'filmed');
      expect(filmed).toMatchObject([{ status: 'passed', attachments: ['video'] }]);
    });
  });

  it('goes on where the daemon is killed, and has one again for the next worker', async () => {
    const suite = await make({
      'playwright.config.js': oneWorker(),
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

  describe('of which a worker, a browser and a lease are lost one after the other, and which has another engine', () => {
    let journal: Journal;
    let suite: PlaywrightSuite;
    let ended: Ended;

    beforeAll(async () => {
      suite = await make({
        'playwright.config.js': oneWorker(`projects: [
          { name: 'lost', testMatch: 'lost.spec.js' },
          { name: 'leased', testMatch: 'engines.spec.js', use: { browserName: 'chromium' } },
          { name: 'launched', testMatch: 'engines.spec.js',
            use: { browserName: 'firefox', launchOptions: { executablePath: '/nowhere/firefox' } } },
        ]`),
        'engines.spec.js': `const { test, expect } = require('@playwright/test');
          test('one', ${opensPage});
          test('two', ${opensPage});`,
        'lost.spec.js': `const { test, expect } = require('@playwright/test');
          const leasedSlot = async () => {
            const { slots } = await (await fetch(process.env.ESCARP_BROKER_URL + '/status')).json();
            return slots.find(({ state }) => state === 'leased');
          };
          test('is killed', async ({ page }) => { await page.goto('/'); process.kill(process.pid, 'SIGKILL'); });
          test('goes on after the worker', ${opensPage});
          test('crashes', async ({ page }) => {
            process.kill((await leasedSlot()).pid, 'SIGKILL');
            await page.goto('/');
          });
          test('goes on after the browser', ${opensPage});
          test('is cut off', async ({ page }) => {
            await page.goto('/');
            const closed = page.waitForEvent('close');
            await fetch(process.env.ESCARP_BROKER_URL + '/revoke', {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ slot: (await leasedSlot()).slot }),
            });
            await closed;
            throw new Error('The page was closed.');
          });
          test('goes on after the lease', ${opensPage});`,
      });
      journal = await home.journal();
      ended = await suite.run();
    }, 180_000);

    it('gives the slot of a worker that is killed to the next one', async () => {
      expect(await statuses(suite)).toMatchObject({
        'is killed': ['failed'],
        'goes on after the worker': ['passed'],
      });
      const first = await journal.until({ type: 'lease-ended', how: 'released' });
      await journal.until({ type: 'lease-ended', how: 'released' }, first);
    });

    it('does not let the crash of a browser fail the test after', async () => {
      expect(await statuses(suite)).toMatchObject({
        crashes: ['failed'],
        'goes on after the browser': ['passed'],
      });
    });

    it('tells the test of a worker whose lease was revoked, and says so', async () => {
      expect(ended.exitCode).toBe(1);
      expect(ended.stderr).toMatch(/^escarp: Worker 3 has lost slot \d: .*revoked/m);
      expect(await statuses(suite)).toMatchObject({
        'is cut off': ['failed'],
        'goes on after the lease': ['passed'],
      });
    });

    it('launches other engines as usual, and says so once', async () => {
      const notices = ended.stderr.match(
        /Slots are Chromium: firefox is launched for each worker as usual\./g,
      );
      expect(notices).toHaveLength(1);
      const attempts = await suite.attempts();
      const launched = attempts.filter(({ project }) => project === 'launched');
      expect(launched).toHaveLength(2);
      for (const { error } of launched) expect(error).toContain('/nowhere/firefox');
      expect(attempts.filter(({ project }) => project === 'leased')).toMatchObject([
        { status: 'passed' },
        { status: 'passed' },
      ]);
    });
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

  it('runs with PWDEBUG, --debug and --headed, which a slot has no window for', async () => {
    const suite = await make({
      'playwright.config.js': config(),
      'shop.spec.js': `const { test, expect } = require('@playwright/test'); test('press', ${opensPage});`,
    });
    const ended = await suite.run([], ['--debug', '--headed'], { PWDEBUG: '1' });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
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
    const home = await makeEscarpHome(2, { ...keepsBrowsers, PLAYWRIGHT_TEST_BASE_URL: site.url });
    // In short one worker each, of which there are two as well.
    const files = {
      'playwright.config.js': process.env['ESCARP_LONG'] === '1' ? config() : oneWorker(),
      'one.spec.js': `const { test, expect } = require('@playwright/test');
        for (const number of [1, 2]) test('press ' + number, ${opensPage});`,
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
