import { startLeakSite } from '@escarp/test-support';
import type { LeakSite } from '@escarp/test-support';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyState, captureState, combinedState, watchOrigins } from '@escarp/saved-logins';
import type { CapturedState } from '@escarp/saved-logins';
import { launchBrowser } from './browser-fixture.js';
import type { BrowserFixture } from './browser-fixture.js';
import { plantEverything, readEverything } from './planted-state.js';

describe('what a browser keeps of a login', { tags: ['browser'] }, () => {
  let site: LeakSite;
  let browser: BrowserFixture;
  let captured: CapturedState;
  let besideProfile: CapturedState;
  let planted: unknown;

  beforeAll(async () => {
    site = await startLeakSite();
    browser = await launchBrowser(site.chromeArgs);
    const devtools = await browser.devtools();
    const watch = await watchOrigins(devtools);
    const { browser: client, page } = await browser.holder();
    await page.goto(`${site.secure('other.test')}/blank`);
    await page.evaluate(() => localStorage.setItem('elsewhere', '1'));
    await page.goto(`${site.secure()}/blank`);
    await page.evaluate(plantEverything);
    await setCookies(page, site.secure());
    planted = await page.evaluate(readEverything);
    const wanted = { visited: watch.visited(), limitedTo: null };
    captured = await captureState(devtools, { form: 'state', ...wanted });
    besideProfile = await captureState(devtools, { form: 'profile', ...wanted });
    watch.end();
    devtools.close();
    await client.close();
    await browser.recycle();
  });

  afterAll(async () => {
    await browser.end();
    await site.close();
  });

  test('comes back as it was, whatever kind it is of', async () => {
    const devtools = await browser.devtools();
    const { state } = captured;
    // By the time that a login is leased, some of it may have expired.
    const expired = { ...state.cookies.find(({ name }) => name === 'strict'), name: 'expired', expires: 1 };
    const later = { ...state, cookies: [expired, ...state.cookies] };
    const { restored } = await applyState(devtools, later, browser.firstTab());
    const { browser: client, page } = await browser.holder();
    await page.goto(`${site.secure()}/blank`);
    await restored;
    expect(await page.evaluate(readEverything)).toEqual(planted);
    expect(await page.evaluate(() => sessionStorage.getItem('of-the-tab'))).toBe('kept');
    const cookies = await page.context().cookies();
    expect(cookies.map(({ name }) => name).toSorted()).toEqual([
      '',
      '__Host-sid',
      'partitioned',
      'session',
      'strict',
    ]);
    expect(cookies.find(({ name }) => name === 'session')).toMatchObject({ expires: -1, httpOnly: true });
    expect(cookies.find(({ name }) => name === 'partitioned')?.partitionKey).toBeDefined();
    await page.goto(`${site.secure('other.test')}/blank`);
    expect(await page.evaluate(() => localStorage.getItem('elsewhere'))).toBe('1');
    devtools.close();
    await client.close();
    await browser.recycle();
  });

  test('is captured and applied without a request, a page event or an entry in the history', async () => {
    const before = site.visits.count('/');
    const { browser: client, page } = await browser.holder();
    const opened: string[] = [];
    page.context().on('page', (other) => opened.push(other.url()));
    const devtools = await browser.devtools();
    await applyState(devtools, captured.state, null);
    await captureState(devtools, { form: 'state', visited: [], limitedTo: [new URL(site.secure()).origin] });
    devtools.close();
    expect(site.visits.count('/')).toBe(before);
    expect(opened).toEqual([]);
    await page.goto(`${site.secure()}/seen`);
    await page.goto('chrome://history');
    const entries = page.locator('history-item');
    await entries.first().waitFor();
    expect(await entries.count()).toBe(1);
    await client.close();
    await browser.recycle();
  });

  test('is told of by origin and cookie, without a value', () => {
    const origin = new URL(site.secure()).origin;
    expect(captured.origins.find((each) => each.origin === origin)).toMatchObject({
      localStorage: 2,
      sessionStorage: 1,
      databases: [
        { bucket: null, name: 'auth', records: 2 },
        { bucket: 'inbox', name: 'auth', records: 1 },
      ],
      files: 2,
      buckets: ['inbox'],
    });
    expect(captured.cookies.find(({ name }) => name === '__Host-sid')).toMatchObject({ isHttpOnly: true });
    expect(JSON.stringify([captured.cookies, captured.origins, captured.notHeld])).not.toContain(
      'secret-value',
    );
  });

  test('is told of where it cannot be held', () => {
    const told = captured.notHeld.map(({ what, detail }) => `${what}: ${detail}`);
    expect(told).toContain('IndexedDB record: auth/keys: a key that cannot be exported');
    expect(told).toContain('cache: offline');
    expect(told.some((line) => line.startsWith('service worker: '))).toBe(true);
  });

  test('is told of alike beside a profile, which holds all of it but cookies, localStorage and what tabs keep', () => {
    const origin = new URL(site.secure()).origin;
    const [auth, ...others] = captured.origins.find((each) => each.origin === origin)?.databases ?? [];
    expect(besideProfile.origins.find((each) => each.origin === origin)).toEqual({
      ...captured.origins.find((each) => each.origin === origin),
      // With the key that cannot be exported.
      databases: [{ ...auth, records: 3 }, ...others],
    });
    expect(besideProfile.notHeld).toEqual([]);
    expect(besideProfile.state).toEqual({
      cookies: captured.state.cookies,
      origins: captured.state.origins.map((each) => ({ ...each, buckets: [] })),
      passkeys: [],
    });
  });

  test('can be limited to origins, and then holds nothing of others', async () => {
    const devtools = await browser.devtools();
    await applyState(devtools, captured.state, null);
    const { origin } = new URL(site.secure('other.test'));
    const limited = await captureState(devtools, { form: 'state', visited: [], limitedTo: [origin] });
    devtools.close();
    expect(limited.state.origins.map((each) => each.origin)).toEqual([origin]);
    expect(limited.cookies).toEqual([]);
    expect(limited.notHeld).toContainEqual({
      origin: null,
      what: 'cookies of other sites',
      detail: 'leak.test',
    });
    await browser.recycle();
  });

  test('is told by a tab that shows one dialog after the other', async () => {
    const devtools = await browser.devtools();
    const watch = await watchOrigins(devtools);
    const { browser: client, page } = await browser.holder();
    await page.goto(`${site.secure()}/blank`);
    // Nobody answers them.
    const opened = new Promise((resolve) => page.once('dialog', resolve));
    page.on('dialog', () => {});
    const shown = page.evaluate(() => {
      sessionStorage.setItem('before', 'kept');
      setTimeout(() => {
        alert('Your session is about to expire.');
        confirm('Stay signed in?');
      }, 0);
    });
    await Promise.all([opened, shown]);
    const leaveDialogs = await watch.dismissDialogs();
    const { state } = await captureState(devtools, { form: 'state', visited: [], limitedTo: null });
    leaveDialogs();
    expect(state.origins.map(({ sessionStorage }) => sessionStorage)).toEqual([[['before', 'kept']]]);
    watch.end();
    devtools.close();
    await client.close();
    await browser.recycle();
  });

  test('of two logins is combined unless they overlap', () => {
    const [first, second] = captured.state.origins;
    const one = { cookies: [], passkeys: [], origins: first === undefined ? [] : [first] };
    const other = { cookies: [], passkeys: [], origins: second === undefined ? [] : [second] };
    expect(combinedState([one, other])?.origins).toHaveLength(2);
    expect(combinedState([one, one])).toBeUndefined();
  });
});

async function setCookies(page: Page, url: string): Promise<void> {
  const { hostname } = new URL(url);
  const at = { domain: hostname, path: '/', secure: true };
  await page.evaluate(() => void (document.cookie = 'nameless'));
  await page.context().addCookies([
    {
      name: '__Host-sid',
      value: 'secret-value',
      ...at,
      httpOnly: true,
      sameSite: 'Lax',
      expires: 2_000_000_000,
    },
    { name: 'session', value: 'secret-value', ...at, httpOnly: true, sameSite: 'None' },
    { name: 'strict', value: 'secret-value', ...at, sameSite: 'Strict', expires: 2_000_000_000 },
    {
      name: 'partitioned',
      value: 'secret-value',
      ...at,
      sameSite: 'None',
      partitionKey: 'https://leak.test',
    },
  ]);
}
