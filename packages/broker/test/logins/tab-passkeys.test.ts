import { makePasskey, signInByPasskey, startLeakSite } from '@escarp/test-support';
import type { LeakSite, RegisteredPasskey } from '@escarp/test-support';
import { captureState, TabPasskeys, withRisenCounters } from '@escarp/saved-logins';
import type { CapturedState } from '@escarp/saved-logins';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './browser-fixture.js';
import type { BrowserFixture } from './browser-fixture.js';

describe('passkeys of a login', { tags: ['browser'] }, () => {
  let site: LeakSite;
  let browser: BrowserFixture;
  let made: RegisteredPasskey;
  let captured: CapturedState;

  beforeAll(async () => {
    site = await startLeakSite();
    browser = await launchBrowser(site.chromeArgs);
    const devtools = await browser.devtools();
    const lender = await browser.devtools();
    const tabs = await TabPasskeys.begin(lender, []);
    const { browser: client, page } = await browser.holder();
    await page.goto(`${site.secure()}/blank`);
    made = await makePasskey(page);
    await page.goto(`${site.secure('other.test')}/blank`);
    await makePasskey(page);
    const limitedTo = [new URL(site.secure()).origin];
    captured = await captureState(devtools, {
      form: 'state',
      visited: [],
      limitedTo,
      passkeys: tabs.current(),
    });
    await client.close();
    lender.close();
    devtools.close();
    await browser.recycle();
  });

  afterAll(async () => {
    await browser.end();
    await site.close();
  });

  test('are captured for the origins of the login, and told of without their keys', () => {
    expect(captured.passkeys).toEqual([{ site: 'leak.test', userName: 'ada', isDiscoverable: true }]);
    expect(captured.notHeld).toContainEqual({
      origin: null,
      what: 'passkey of another site',
      detail: 'other.test',
    });
    const told = JSON.stringify([captured.passkeys, captured.notHeld]);
    expect(told).not.toContain(String(captured.state.passkeys[0]?.['privateKey']));
  });

  test('sign holders in, one after the other, in every tab, with counters that a site accepts', async () => {
    const devtools = await browser.devtools();
    await TabPasskeys.begin(devtools, withRisenCounters(captured.state.passkeys, 1_700_000_000_000));
    const { browser: client, page } = await browser.holder();
    await page.goto(`${site.secure()}/blank`);
    const first = await signInByPasskey(page, made);
    expect(first).toBeGreaterThan(1_700_000_000);
    const opened = page.context().waitForEvent('page');
    await page.evaluate(() => void open('/blank'));
    const popup = await opened;
    await popup.waitForLoadState();
    const second = await signInByPasskey(popup, made);
    expect(second).toBeGreaterThan(first);
    const third = await signInByPasskey(page, made);
    expect(third).toBeGreaterThan(second);
    await client.close();
    const { browser: next, page: again } = await browser.holder();
    await again.goto(`${site.secure()}/blank`);
    expect(await signInByPasskey(again, made)).toBeGreaterThan(third);
    await next.close();
    devtools.close();
    await browser.recycle();
  });

  test('that a holder makes are in the other tabs, too', async () => {
    const devtools = await browser.devtools();
    const tabs = await TabPasskeys.begin(devtools, []);
    const { browser: client, page } = await browser.holder();
    const other = await page.context().newPage();
    await page.goto(`${site.secure()}/blank`);
    const anew = await makePasskey(page);
    await other.goto(`${site.secure()}/blank`);
    await signInByPasskey(other, anew);
    expect(tabs.current()).toHaveLength(1);
    await client.close();
    devtools.close();
    await browser.recycle();
  });
});
