import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlState, SlotInput, ViewerState } from '@escarp/live-view/wire';
import { StandInViewer } from '../src/stand-in-viewer.js';
import { slotState, told } from '../src/told.js';
import { expectAnnounced, expectShown, jpegOf, startBrowser, ViewerPage } from '../src/viewer-page.js';

const nowS = Date.now() / 1_000;
const size = { pageWidth: 1_280, pageHeight: 720 };
const own: ControlState = { by: 'human', who: 'you', since: nowS, isOwn: true };
const ask = {
  id: 'ask-1',
  slot: 0,
  holder: 'claude',
  reason: 'A captcha.',
  instructions: null,
  askedAt: nowS,
  expiresAt: nowS + 300,
};
const approval = {
  id: 'approval-1',
  holder: 'codex',
  what: 'Use the login admin',
  reason: null,
  askedAt: nowS,
  expiresAt: null,
};

describe('control', { tags: ['browser'], timeout: 120_000 }, () => {
  let browser: Browser;
  let viewer: StandInViewer;
  let seen: ViewerPage;
  let page: Page;
  let white: Buffer;

  beforeAll(async () => {
    browser = await startBrowser();
    white = await jpegOf(browser, 'white');
    seen = await ViewerPage.open(browser, 'about:blank');
    ({ page } = seen);
  });
  afterAll(async () => browser.close());
  afterEach(async () => {
    await seen.leave();
    await viewer.close();
  });

  const open = async (address = '', change: Partial<ViewerState> = {}): Promise<void> => {
    viewer = await StandInViewer.start(told([slotState(0), slotState(1)]));
    viewer.tell(change);
    await seen.visit(viewer.url + address);
    await expectShown(page.getByRole('heading', { level: 1 }));
  };
  const controlled = (control: ControlState): void =>
    viewer.tell({ slots: [slotState(0, { control }), slotState(1)] });
  const press = async (key: string, times = 1): Promise<void> => {
    for (let count = 0; count < times; count++) await page.keyboard.press(key);
  };
  const tabTo = async (name: string): Promise<void> => {
    for (let count = 0; count < 40; count++) {
      await page.keyboard.press('Tab');
      if ((await seen.focused()).startsWith(name)) return;
    }
    throw new Error(`Tab never reached "${name}".`);
  };

  it('takes over, types and hands back with the keyboard alone', async () => {
    await open();
    await press('Tab');
    expect(await seen.focused()).toBe('Skip to content');
    await tabTo('Slot 0');
    await press('Enter');
    await expectShown(page.getByRole('heading', { name: 'Slot 0' }));
    await expect.poll(() => seen.focused()).toBe('Slot 0');

    await tabTo('Take over');
    await press('Enter');
    await viewer.until(() => viewer.posted.length === 1);
    expect(viewer.posted).toEqual([{ path: 'api/slots/0/control', body: { by: 'human' } }]);
    controlled(own);
    await expect.poll(() => seen.focused()).toMatch(/^Browser of slot 0/);
    await expectAnnounced(page, 'You are in control of slot 0.');

    await press('a');
    await press('Tab');
    await viewer.until(() => viewer.inputs.length === 4);
    expect(viewer.inputs).toMatchObject([
      { type: 'key', slot: 0, action: 'down', key: 'a', code: 'KeyA' },
      { type: 'key', slot: 0, action: 'up', key: 'a' },
      { type: 'key', slot: 0, action: 'down', key: 'Tab' },
      { type: 'key', slot: 0, action: 'up', key: 'Tab' },
    ]);

    await press('F8');
    await page.keyboard.type('signed in');
    await tabTo('Hand back: done');
    await press('Enter');
    await viewer.until(() => viewer.posted.length === 2);
    expect(viewer.posted[1]?.body).toEqual({ by: 'agent', outcome: 'done', note: 'signed in' });
    controlled({ by: 'agent' });
    await expect.poll(() => seen.focused()).toBe('Control');
    expect(viewer.inputs).toHaveLength(4);
  });

  it('sends clicks to the place on the page, and text that is pasted', async () => {
    await open('#/slot/0', { slots: [slotState(0, { control: own })] });
    const screen = page.locator('.screen-input');
    await screen.waitFor();
    await viewer.until(() => viewer.watched.length === 1);
    viewer.picture(0, white, size);
    await viewer.until(() => viewer.shown === 1);
    const box = await screen.boundingBox();
    if (box === null) throw new Error('The screen is not shown.');
    await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2, { clickCount: 2 });
    await viewer.until(() => viewer.inputs.filter((input) => input.type === 'mouse').length >= 4);
    const down = viewer.inputs.find((input) => input.type === 'mouse' && input.action === 'down');
    expect(down).toMatchObject({ button: 'left', buttons: 1, clicks: 1 });
    if (down?.type !== 'mouse') throw new Error('There was no click.');
    expect(Math.abs(down.x - 320)).toBeLessThanOrEqual(2);
    expect(Math.abs(down.y - 360)).toBeLessThanOrEqual(2);

    await page.getByLabel('Browser of slot 0').evaluate((element) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'gr\u00fc\u00df dich');
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    });
    // As an input method, or the keyboard of a phone. The picture that was clicked has the keyboard a frame later.
    await expect.poll(() => seen.focused()).toMatch(/^Browser of slot 0/);
    await page.keyboard.insertText('\u7d75\u6587\u5b57');
    await viewer.until(() => viewer.inputs.filter(({ type }) => type === 'text').length === 2);
    expect(viewer.inputs.slice(-2)).toEqual([
      { type: 'text', slot: 0, text: 'gr\u00fc\u00df dich' },
      { type: 'text', slot: 0, text: '\u7d75\u6587\u5b57' },
    ]);
  });

  it('lets go on the page what was pressed there, though the mouse has left it', async () => {
    await open('#/slot/0', { slots: [slotState(0, { control: own })] });
    await viewer.until(() => viewer.watched.length === 1);
    viewer.picture(0, white, size);
    await viewer.until(() => viewer.shown === 1);
    const box = await page.locator('.screen-input').boundingBox();
    if (box === null) throw new Error('The screen is not shown.');
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 60, box.y + 100);
    await page.mouse.up();
    const isUp = (input: SlotInput): boolean => input.type === 'mouse' && input.action === 'up';
    await viewer.until(() => viewer.inputs.some(isUp));
    expect(viewer.inputs.find(isUp)).toMatchObject({ button: 'left', buttons: 0, x: size.pageWidth - 1 });
  });

  it('sends nothing while somebody else, or the agent, is in control', async () => {
    await open('#/slot/0', { slots: [slotState(0, { control: { by: 'human', who: 'Anna', since: nowS } })] });
    await expectShown(page.getByRole('heading', { name: 'Anna is in control' }));
    const picture = page.getByRole('img', { name: 'Live picture of slot 0' });
    await picture.click();
    await page.keyboard.type('hello');
    expect(await page.getByRole('button', { name: /Take over|Hand back/ }).count()).toBe(0);
    expect(viewer.inputs).toEqual([]);
  });

  it('counts down by itself to when it ends, and says so aloud when that is near', async () => {
    const inS = (seconds: number): number => Date.now() / 1_000 + seconds;
    await open('#/slot/0', { slots: [slotState(0, { control: { ...own, expiresAt: inS(1_000) } })] });
    const clock = page.getByRole('timer');
    await expectShown(clock.getByText(/^Goes back to the agent by itself in 16:[0-4]\d\.$/));
    const first = await clock.textContent();
    // Nothing is told meanwhile.
    await expect.poll(() => clock.textContent()).not.toBe(first);
    controlled({ ...own, expiresAt: inS(50) });
    await expectAnnounced(page, 'Control of slot 0 goes back to the agent in less than a minute.');
  });

  it('answers a request of an agent', async () => {
    await open('', { asks: [ask] });
    await page
      .getByRole('status')
      .getByText('claude asks for help. A captcha.')
      .waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Go to slot 0' }).click();
    await page.getByLabel('Note to the agent (optional)').fill('I could not read it');
    await page.getByRole('button', { name: 'Decline' }).click();
    await viewer.until(() => viewer.posted.length === 1);
    expect(viewer.posted).toEqual([
      { path: 'api/asks/ask-1', body: { outcome: 'declined', note: 'I could not read it' } },
    ]);
  });

  it('lets the way back answer a request, once one has taken over', async () => {
    await open('#/slot/0', { asks: [ask], slots: [slotState(0, { control: own })] });
    await expectShown(page.getByText('Handing the slot back answers this request.'));
    expect(await page.getByRole('button', { name: 'Decline' }).count()).toBe(0);
  });

  it.each([
    ['Approve', 'approve'],
    ['Deny', 'deny'],
  ])('%ss a login', async (label, decision) => {
    await open('', { approvals: [approval] });
    await page.getByRole('button', { name: label }).click();
    await viewer.until(() => viewer.posted.length === 1);
    expect(viewer.posted).toEqual([{ path: 'api/approvals/approval-1', body: { decision } }]);
  });

  it('offers nothing to somebody who may only watch', async () => {
    const session = { right: 'view' as const, slot: null, expiresAt: nowS + 600 };
    await open('', { session, asks: [{ ...ask, slot: null }], approvals: [approval] });
    await expectShown(page.getByText('Answering needs a link with control.'));
    await expectShown(page.getByText('Deciding needs a link with control of all slots.'));
    await page.getByRole('link', { name: 'Slot 0' }).click();
    await expectShown(page.getByText('taking over needs a link with control'));
    expect(await page.getByRole('button', { name: /Take over|Approve|Deny|Done/ }).count()).toBe(0);
  });

  it('tells why the server refused, and lets one try again', async () => {
    await open('#/slot/0');
    viewer.refuseWith = {
      status: 409,
      error: 'human_in_control',
      message: 'Anna is in control.',
      hint: 'Ask her.',
    };
    await page.getByRole('button', { name: 'Take over' }).click();
    await expectShown(page.getByRole('alert').getByText('Anna is in control. Ask her.'));
    viewer.refuseWith = undefined;
    await page.getByRole('button', { name: 'Take over' }).click();
    await expect.poll(() => viewer.posted.length).toBe(1);
  });
});
