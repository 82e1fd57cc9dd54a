import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SlotIdentity } from '../../src/index.js';
import { withXConnection } from '../../src/linux/x-connection.js';
import { listXWindows } from '../../src/linux/x-windows.js';
import { decodePng } from '../decode-png.js';
import type { HeadedChromium } from '../headed-chromium.js';
import { openSlotHome, screen, type SlotHome } from '../linux-fixture.js';
import { click, pointerOf } from '../x-actors.js';

const LONG = process.env['ESCARP_LONG'] === '1';
const ACQUIRES = LONG ? 200 : 40;
const COLOURS = ['#c02040', '#2040c0', '#20a040', '#a0a020'];

/** Slots 0 and 1 have displays of their own; 2 and 3 share one, as on a person's desktop. */
describe('headed slots on real X displays', { tags: ['browser'] }, () => {
  let own: SlotHome;
  let shared: SlotHome;
  let browsers: HeadedChromium[];
  const homeOf = (slot: number) => (slot < 2 ? own : shared);
  const browserOf = (slot: number) => {
    const browser = browsers[slot];
    if (browser === undefined) throw new Error(`no slot ${slot}`);
    return browser;
  };
  const identify = async (slot: number) => homeOf(slot).driver.identify(slot, await browserOf(slot).facts());

  beforeAll(async () => {
    own = await openSlotHome();
    const { address, authorityPath } = await own.xTarget(9);
    const session = { display: address.display, authorityPath, waylandDisplay: null };
    shared = await openSlotHome({ displays: false, session });
    browsers = [];
    for (const slot of [0, 1, 2, 3]) browsers.push(await homeOf(slot).launch(slot));
    await Promise.all(browsers.map((browser, slot) => paint(browser, slot)));
  }, 120_000);

  afterAll(async () => {
    await shared?.close();
    await own?.close();
  });

  test(`${ACQUIRES} of ${ACQUIRES} random acquires resolve to the right window and pid`, async () => {
    let right = 0;
    for (let acquire = 0; acquire < ACQUIRES; acquire += 1) {
      const slot = Math.floor(Math.random() * browsers.length);
      const identity = await identify(slot);
      const { pid } = await browserOf(slot).facts();
      const title = await titleOf(identity);
      if (identity.ownerPid === pid && title?.startsWith(`slot ${slot} `) === true) right += 1;
    }
    expect(right).toBe(ACQUIRES);
  }, 300_000);

  test('an identity says which display, class and DevTools window, and what of it is live', async () => {
    const identity = await identify(1);
    const { cdp } = await browserOf(1).facts();
    expect(identity).toMatchObject({
      slot: 1,
      wmClass: 'escarp-slot1',
      cdpWindowId: cdp?.windowId,
      cdpTargetId: browserOf(1).targetId,
      bounds: cdp?.bounds,
      live: { failure: null, fields: ['osWindowId', 'ownerPid', 'bounds', 'wmClass'] },
    });
    expect(identity.display).not.toBe((await identify(0)).display);
    expect((await identify(2)).display).toBe((await identify(3)).display);
  });

  test('a screenshot shows the whole screen of the right slot, browser chrome included', async () => {
    for (const slot of [0, 1]) {
      const facts = await browserOf(slot).facts();
      const inPage = async () =>
        decodePng((await own.driver.screenshot(slot, facts)).png).at(screen.width / 2, screen.height - 100);
      // A page is loaded before it is drawn.
      await expect.poll(inPage).toBe(COLOURS[slot]);
      const shot = await own.driver.screenshot(slot, facts);
      const pixels = decodePng(shot.png);
      expect([pixels.width, pixels.height, shot.region]).toEqual([screen.width, screen.height, 'screen']);
      expect(pixels.at(screen.width / 2, 20)).not.toBe(COLOURS[slot]);
    }
  });

  test('on a shared screen a screenshot is of the window alone, so that a neighbour shows nothing of itself', async () => {
    const facts = await browserOf(3).facts();
    await shared.driver.focus(3, facts, async () => undefined);
    const shot = await shared.driver.screenshot(3, facts);
    expect(shot).toMatchObject({
      region: 'window',
      width: facts.cdp?.bounds?.width,
      height: facts.cdp?.bounds?.height,
    });
    const inPage = async () =>
      decodePng((await shared.driver.screenshot(3, facts)).png).at(shot.width / 2, shot.height - 40);
    // A window that was raised is drawn again by its browser.
    await expect.poll(inPage).toBe(COLOURS[3]);
  });

  test('a click by XTEST lands in the leased slot and in no other', async () => {
    const before = await clicks(browsers);
    const place = await middleOfPage(browserOf(1));
    await expectClick(browserOf(1));
    await click(await own.xTarget(1), place);
    expect(await expectedClick(browserOf(1))).toEqual(place);
    const after = await clicks(browsers);
    expect(after.map((count, slot) => count - (before[slot] ?? 0))).toEqual([0, 1, 0, 0]);
  });

  test('two displays are driven at the same moment, each with its own pointer', async () => {
    const targets = await Promise.all([0, 1].map((slot) => own.xTarget(slot)));
    const before = await clicks(browsers);
    for (let round = 0; round < 5; round += 1) {
      const places = [
        { x: 200 + round, y: 400 },
        { x: 700, y: 500 + round },
      ];
      await Promise.all([0, 1].map((slot) => expectClick(browserOf(slot))));
      await Promise.all(targets.map((target, slot) => click(target, places[slot]!)));
      expect(await Promise.all([0, 1].map((slot) => expectedClick(browserOf(slot))))).toEqual(places);
      expect(await Promise.all(targets.map(pointerOf))).toEqual(places);
    }
    const after = await clicks(browsers);
    expect(after.map((count, slot) => count - (before[slot] ?? 0))).toEqual([5, 5, 0, 0]);
  });

  test('a native file dialog opens on the slot’s own screen and is in its screenshot', async () => {
    const facts = await browserOf(0).facts();
    const before = await own.driver.screenshot(0, facts);
    await click(await own.xTarget(0), await middleOf(browserOf(0), 'input'));
    await expect.poll(() => titlesOn(own, 0)).toContain('Open File');
    await expect
      .poll(async () => differs(before.png, (await own.driver.screenshot(0, facts)).png))
      .toBe(true);
    await expect.poll(() => own.driver.inspectFocus(0, facts)).toEqual({ focused: true, reason: null });
    const { osWindowId } = await own.driver.focus(0, { ...facts, cdp: null }, async () => undefined);
    expect(osWindowId).toBe((await identify(0)).osWindowId);
    const frontToBack = await titlesOn(own, 0);
    expect(frontToBack.indexOf('Open File')).toBeLessThan(frontToBack.indexOf('slot 0 page - Chromium'));
  });

  async function titleOf({ osWindowId, display }: SlotIdentity): Promise<string | null | undefined> {
    const slot = [0, 1].find((candidate) => identities[candidate]?.display === display) ?? 9;
    const windows = await withXConnection(await own.xTarget(slot), listXWindows);
    return windows.find(({ id }) => id === osWindowId)?.title;
  }

  const identities: SlotIdentity[] = [];
  beforeAll(async () => {
    for (const slot of [0, 1]) identities.push(await identify(slot));
  });
});

/** A page that fills the slot with its colour and counts the clicks that reach it. */
async function paint(browser: HeadedChromium, slot: number): Promise<void> {
  await browser.show(`<title>slot ${slot} page</title>
    <body style="margin:0;background:${COLOURS[slot]}"><input type="file" style="position:absolute;left:40px;top:40px">
    <script>
      window.clicks = 0;
      window.waiting = [];
      addEventListener('mousedown', (event) => {
        window.clicks += 1;
        for (const settle of window.waiting.splice(0)) settle({ x: event.screenX, y: event.screenY });
      });
    </script>`);
}

async function clicks(browsers: readonly HeadedChromium[]): Promise<number[]> {
  return Promise.all(browsers.map(async (browser) => Number(await browser.evaluate('window.clicks'))));
}

/** The page waits for its next click from now on; `expectedClick` says where on the screen it was. */
async function expectClick(browser: HeadedChromium): Promise<void> {
  await browser.evaluate('void (window.next = new Promise((settle) => window.waiting.push(settle)))');
}

function expectedClick(browser: HeadedChromium): Promise<unknown> {
  return browser.evaluate('window.next');
}

async function middleOfPage(browser: HeadedChromium) {
  return middleOf(browser, 'body', 'innerWidth / 2', 'innerHeight / 2');
}

/** In the screen's coordinates; everything the browser draws around the page lies above it. */
async function middleOf(
  browser: HeadedChromium,
  selector: string,
  dx = 'box.width / 4',
  dy = 'box.height / 2',
) {
  const place = await browser.evaluate(`(() => {
    const box = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
    const x = Math.round(screenX + box.left + ${dx});
    return { x, y: Math.round(screenY + outerHeight - innerHeight + box.top + ${dy}) };
  })()`);
  return place as { x: number; y: number };
}

async function titlesOn(home: SlotHome, slot: number): Promise<(string | null)[]> {
  const windows = await withXConnection(await home.xTarget(slot), listXWindows);
  return windows.filter(({ visible }) => visible).map(({ title }) => title);
}

function differs(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) !== 0;
}
