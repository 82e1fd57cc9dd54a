import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import type { PageSite } from '../../src/page-site.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';

/** Opens the page, presses its button, and says which address it was at and what the page then shows. */
type Visit = (home: EscarpHome, lease: Json, url: string) => Promise<{ at: string; shown: string }>;

const withPlaywright: Visit = async (_, lease, url) => {
  const browser = await chromium.connectOverCDP(String(lease['cdp_ws_url']), { noDefaults: true });
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('There is no page.');
  await page.goto(url);
  await page.click('#press');
  const shown = await page.locator('output').innerText();
  await browser.close();
  return { at: page.url(), shown };
};

const withPuppeteer: Visit = async (_, lease, url) => {
  const browser = await puppeteer.connect({ browserURL: String(lease['cdp_http_url']) });
  const [page] = await browser.pages();
  if (page === undefined) throw new Error('There is no page.');
  await page.goto(url);
  await page.click('#press');
  const shown = await page.$eval('output', (output) => output.textContent);
  const at = page.url();
  await browser.disconnect();
  return { at, shown };
};

const withAgentBrowser: Visit = async (home, lease, url) => {
  const { slot, cdp_port: port } = lease;
  const say = async (...words: string[]): Promise<string> => {
    const session = ['--session', `slot${String(slot)}`, '--cdp', String(port)];
    const { exitCode, stdout, stderr } = await home.run(['agent-browser', ...session, ...words]);
    if (exitCode !== 0) throw new Error(`agent-browser ${words.join(' ')}: ${stdout}${stderr}`);
    return stdout.trim();
  };
  await say('open', url);
  await say('click', '#press');
  const shown = await say('get', 'text', 'output');
  const at = await say('get', 'url');
  await say('close');
  return { at, shown };
};

export function driversOfOthers(pool: () => PoolAndSite): void {
  describe('outside drivers on leased slots', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    let site: PageSite;
    const tokens: unknown[] = [];

    beforeAll(() => void ({ home, site } = pool()));
    afterEach(async () => {
      await Promise.all(tokens.splice(0).map(async (token) => home.post('/release', { lease_token: token })));
    });
    afterAll(async () => {
      await home.run(['agent-browser', 'close', '--all']);
    }, 120_000);

    const acquire = async (holder: string): Promise<Json> => {
      const { status, body } = await home.post('/acquire', { holder, wait_s: 60, ttl_s: 300 });
      expect(status).toBe(200);
      tokens.push(body['lease_token']);
      return body;
    };

    it.each([
      ['playwright-core', withPlaywright],
      ['puppeteer-core', withPuppeteer],
      ['agent-browser', withAgentBrowser],
    ] as const)('%s does real work on two at once and leaves them alive', async (name, visit) => {
      const leases = await Promise.all([acquire(`${name} one`), acquire(`${name} two`)]);
      expect(leases[0]['slot']).not.toBe(leases[1]['slot']);
      const urls = leases.map(({ slot }) => `${site.url}slot-${String(slot)}`);
      const visits = await Promise.all(leases.map((lease, index) => visit(home, lease, urls[index] ?? '')));
      expect(visits).toEqual(urls.map((at) => ({ at, shown: 'pressed 1' })));
      const after = await Promise.all(
        leases.map(async ({ lease_token: token }) => home.post('/heartbeat', { lease_token: token })),
      );
      expect(after.map(({ body }) => body['cdp_ws_url'])).toEqual(leases.map((lease) => lease['cdp_ws_url']));
    });

    it('heals a slot whose holder closed the browser with puppeteer, and the lease goes on', async () => {
      const lease = await acquire('closer');
      const journal = await home.journal();
      const browser = await puppeteer.connect({ browserWSEndpoint: String(lease['cdp_ws_url']) });
      await browser.close();
      await journal.until({ type: 'resource-restarted' });
      const { status, body } = await home.post('/heartbeat', { lease_token: lease['lease_token'] });
      expect(status).toBe(200);
      expect(body).toMatchObject({ slot: lease['slot'], fence: lease['fence'] });
      expect(body['relaunched_at']).toEqual(expect.any(Number));
      expect(body['cdp_ws_url']).not.toBe(lease['cdp_ws_url']);
      expect(await withPuppeteer(home, body, site.url)).toEqual({ at: site.url, shown: 'pressed 1' });
    });
  });
}
