import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StandInViewer } from '../src/stand-in-viewer.js';
import { slotState, told } from '../src/told.js';
import { expectShown, startBrowser } from '../src/viewer-page.js';

const ask = {
  id: 'ask-1',
  slot: 1,
  holder: 'claude',
  reason: 'A captcha.',
  instructions: null,
  askedAt: 0,
  expiresAt: null,
};
const approval = { id: 'p-1', holder: 'codex', what: 'Use shop', reason: null, askedAt: 0, expiresAt: null };

interface Noted {
  readonly title: string;
  readonly body: string;
  isClosed: boolean;
  click(): void;
}
declare global {
  interface Window {
    noted: Noted[];
  }
}

/** Of a desktop that nobody sees: notes what is shown, for a person who looks at another window. */
function standInNotifications(answer: NotificationPermission): void {
  window.noted = [];
  class StandIn extends EventTarget {
    static permission: NotificationPermission = 'default';
    static async requestPermission(): Promise<NotificationPermission> {
      StandIn.permission = answer;
      return answer;
    }
    readonly #noted: Noted;
    constructor(title: string, { body = '' }: NotificationOptions = {}) {
      super();
      const click = (): void => void this.dispatchEvent(new Event('click'));
      this.#noted = { title, body, isClosed: false, click };
      window.noted.push(this.#noted);
    }
    close(): void {
      this.#noted.isClosed = true;
    }
  }
  Object.assign(window, { Notification: StandIn });
  document.hasFocus = () => false;
}

describe('requests, to a person who looks at something else', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;
  let viewer: StandInViewer;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => browser.close());
  afterEach(async () => {
    await context.close();
    await viewer.close();
  });

  const open = async (answer: NotificationPermission): Promise<void> => {
    viewer = await StandInViewer.start(told([slotState(0), slotState(1)]));
    context = await browser.newContext();
    page = await context.newPage();
    await page.addInitScript(standInNotifications, answer);
    await page.goto(viewer.url);
    await page.getByRole('button', { name: 'Session' }).click();
    await page.getByRole('button', { name: 'Notify me when an agent asks' }).click();
  };
  const noted = () => page.evaluate(() => window.noted.map(({ body, isClosed }) => ({ body, isClosed })));

  it('are notified of once each, until they are answered, and lead to the slot', async () => {
    await open('granted');
    await expectShown(page.getByText('This browser notifies you'));
    await page.getByRole('button', { name: 'Close' }).click();
    viewer.tell({ asks: [ask] });
    await expect.poll(() => page.title()).toBe('(1) escarp');
    viewer.tell({ asks: [ask], approvals: [approval] });
    await expect.poll(() => page.title()).toBe('(2) escarp');
    const first = { body: 'Slot 1: claude asks for help. A captcha.', isClosed: false };
    const second = { body: 'codex asks for approval. Use shop.', isClosed: false };
    await expect.poll(noted).toEqual([first, second]);
    await page.evaluate(() => window.noted[0]?.click());
    await expectShown(page.getByRole('heading', { name: 'Slot 1', exact: true }));
    viewer.tell({ asks: [], approvals: [] });
    await expect.poll(() => page.title()).toBe('escarp');
    await expect.poll(async () => (await noted()).every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('are counted in the title where the person wants no notifications', async () => {
    await open('denied');
    await expectShown(page.getByText('Notifications are blocked'));
    viewer.tell({ asks: [ask] });
    await expect.poll(() => page.title()).toBe('(1) escarp');
    expect(await noted()).toEqual([]);
  });
});
