import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoginSite } from '@escarp/test-support';
import { signedInText, signInAtSite, startLoginSite } from '@escarp/test-support';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { makeEscarpHome } from '../src/escarp-home.js';
import type { PageSite } from '../src/page-site.js';
import { startPageSite } from '../src/page-site.js';
import { patience, PlaywrightSuite } from '../src/playwright-suite.js';

describe('the fixtures of @escarp/playwright-test', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: EscarpHome;
  let site: PageSite;
  let shop: LoginSite;
  let suites = 0;

  beforeAll(async () => {
    site = await startPageSite();
    shop = await startLoginSite({ isPlain: true });
    // Nothing of one holder is left to the next, as ever, and no browser is replaced for that.
    home = await makeEscarpHome(2, { ESCARP_RESET: 'storage', PLAYWRIGHT_TEST_BASE_URL: site.url });
    await home.up();
  }, 120_000);
  afterEach(async () => home.settled(), 120_000);
  afterAll(async () => {
    site.close();
    await home.remove();
    await shop.close();
  }, 120_000);

  const make = async (spec: string, config = '', workers = 1): Promise<PlaywrightSuite> =>
    makeOf({ 'shop.spec.ts': spec }, config, workers);

  const makeOf = async (
    specs: Record<string, string>,
    config = '',
    workers = 1,
  ): Promise<PlaywrightSuite> => {
    const files = Object.entries(specs).map(([name, spec]) => [
      name,
      `import { test, expect } from '@escarp/playwright-test';\n${spec}`,
    ]);
    return PlaywrightSuite.make(home, {
      folder: `suite-${++suites}`,
      files: {
        'package.json': '{ "type": "module" }',
        'playwright.config.ts': `export default { reporter: 'json', workers: ${workers}, ${patience}, ${config} };`,
        ...Object.fromEntries(files),
      },
    });
  };

  it('give a worker one lease, for its pages in fresh contexts and for the profile of the slot', async () => {
    const suite = await make(`
      test.use({ leaseOptions: { holder: 'shop suite' } });
      test('signs in', async ({ slotPage, lease, baseURL }) => {
        await slotPage.goto(baseURL);
        await slotPage.evaluate(() => { localStorage.user = 'me'; });
        expect(lease.holder).toBe('shop suite');
        expect(lease.ports.frontend).toBe(3000 + 10 * lease.slot);
        expect(lease.fence).toBeGreaterThan(0);
      });
      test('is still signed in there, and not elsewhere', async ({ slotPage, page, baseURL }) => {
        const user = () => localStorage.user ?? 'nobody';
        await Promise.all([slotPage.goto(baseURL), page.goto('/')]);
        expect([await slotPage.evaluate(user), await page.evaluate(user)]).toEqual(['me', 'nobody']);
      });`);
    const journal = await home.journal();
    const { exitCode, stdout } = await suite.runAlone();
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    await journal.until({ type: 'lease-ended', how: 'released' });
    expect(journal.events.filter(({ type }) => type === 'lease-granted')).toHaveLength(1);
  });

  it('lease nothing for tests that use no browser', async () => {
    const suite = await make(`test('adds', async () => { expect(1 + 1).toBe(2); });`);
    const { revision } = await home.status();
    expect(await suite.runAlone()).toMatchObject({ exitCode: 0 });
    expect(await home.status()).toMatchObject({ revision });
  });

  const saveLogin = async (name: string): Promise<void> => {
    const { body: lease } = await home.post('/acquire', { holder: 'person', wait_s: 60 });
    const terms = { lease_token: lease['lease_token'], name, url: shop.url, until_url: '*/home' };
    const [saved] = await Promise.all([
      home.post('/logins', terms),
      signInAtSite(String(lease['cdp_ws_url']), shop),
    ]);
    expect(saved.status).toBe(200);
    await home.post('/release', { lease_token: lease['lease_token'] });
  };

  it('sign the profile in with a saved login, another for each worker', async () => {
    for (const name of ['shopper-1', 'shopper-2']) await saveLogin(name);
    const suite = await make(
      `
      test.use({ login: ['shopper-1', 'shopper-2'] });
      for (const number of [1, 2]) test('is signed in ' + number, async ({ slotPage, lease }, { parallelIndex }) => {
        expect(lease.login?.name).toBe('shopper-' + (parallelIndex + 1));
        await slotPage.goto('${shop.url}/home');
        await expect(slotPage.locator('h1')).toHaveText('${signedInText}');
      });`,
      'fullyParallel: true',
      2,
    );
    const { exitCode } = await suite.runAlone();
    expect({ exitCode, attempts: await suite.attempts() }).toMatchObject({ exitCode: 0 });
  });

  describe('of tests that fail', () => {
    let suite: PlaywrightSuite;

    beforeAll(async () => {
      suite = await makeOf({
        'login.spec.ts': `
          test.use({ login: 'nobody' });
          test('has no such login', async ({ slotPage }) => { await slotPage.goto('about:blank'); });`,
        'title.spec.ts': `
          test.use({ leaseOptions: { slot: 1 } });
          test('has another title', async ({ slotPage, baseURL }) => {
            await slotPage.goto(baseURL);
            expect(await slotPage.title()).toBe('Shop');
          });`,
        'crash.spec.ts': `
          test('crashes its page', async ({ slotPage }) => {
            await Promise.all([slotPage.waitForEvent('crash'), slotPage.goto('chrome://crash').catch(() => {})]);
            expect(await Promise.resolve('crashed')).toBe('whole');
          });`,
      });
      await suite.runAlone();
    }, 120_000);

    const attempt = async (wanted: string) => (await suite.attempts()).find(({ title }) => title === wanted);

    it('say that there is no such login', async () => {
      const { status, error } = (await attempt('has no such login')) ?? {};
      expect(status).toBe('failed');
      expect(error).toMatch(/nobody/);
    });

    it('name what is left by its slot', async () => {
      const { status, attachments } = (await attempt('has another title')) ?? {};
      expect(status).toBe('failed');
      expect(attachments).toContain('slot-1.png');
      const names = await readdir(join(suite.folder, 'test-results'));
      const folder = names.find((name) => name.startsWith('title')) ?? '';
      const picture = await readFile(join(suite.folder, 'test-results', folder, 'slot-1.png'));
      expect(picture.subarray(1, 4).toString()).toBe('PNG');
      expect(await readFile(join(suite.folder, 'report.json'), 'utf8')).toMatch(
        /"slot",\s*"description": "1, fence \d+"/,
      );
    });

    it('report their own error alone where their page cannot be pictured', async () => {
      const crashed = await attempt('crashes its page');
      expect(crashed).toMatchObject({ status: 'failed', errorCount: 1 });
      expect(crashed?.attachments.join()).not.toMatch(/slot-/);
      expect(crashed?.error).toMatch(/whole/);
      expect(await readFile(join(suite.folder, 'report.json'), 'utf8')).toMatch(/"No slot-[01]\.png: /);
    });
  });
});
