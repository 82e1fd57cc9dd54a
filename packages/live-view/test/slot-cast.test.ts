import { createOwnSockets } from '@escarp/slot-pool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CastFrame } from '../src/pictures/cast-frame.js';
import type { CastSettings } from '../src/pictures/cast-settings.js';
import { SlotCast } from '../src/pictures/slot-cast.js';
import type { Watcher } from '../src/pictures/watcher.js';
import type { PictureState } from '../src/wire/index.js';
import { ScriptedBrowser, tab } from './scripted-browser.js';

let browser: ScriptedBrowser;
let cast: SlotCast;
let standing: PictureState['state'];

/** No answer comes too late in these tests: what waits for one waits until it is let go of. */
const callMs = 3_600_000;
const settings: CastSettings = { width: 1_280, height: 720, quality: 60, intervalMs: 50, mayBeDraft: true };

beforeEach(async () => {
  standing = 'live';
  browser = await ScriptedBrowser.start();
  const shown = { slot: 0, standing: () => standing, cdpPort: () => browser.port };
  const ports = {
    wallMs: Date.now,
    monotonicMs: () => performance.now(),
    randomBytes: (size: number) => new Uint8Array(size),
    log: () => {},
  };
  cast = new SlotCast(shown, createOwnSockets(), ports, callMs);
});
afterEach(async () => {
  await cast.close();
  await browser.close();
});

class Somebody implements Watcher {
  readonly settings = settings;
  readonly tab = undefined;
  readonly pictures: string[] = [];
  state: PictureState | undefined;
  isReady = (): boolean => true;
  onFrame = ({ jpeg }: CastFrame): void => void this.pictures.push(jpeg.toString());
  onState = (state: PictureState): void => void (this.state = state);
}

const watch = (): Somebody => {
  const somebody = new Somebody();
  cast.add(somebody);
  return somebody;
};
const castWidths = (): unknown[] =>
  browser.commands
    .filter(({ method }) => method === 'Page.startScreencast')
    .map(({ params }) => params['maxWidth']);

describe('the cast of a slot', () => {
  it.each([
    ['says nothing at all', 'GET /json/version'],
    ['does not tell its tabs', 'Target.setDiscoverTargets'],
    ['lets nobody attach to a tab', 'Target.attachToTarget'],
  ])('is closed without waiting for a browser that %s', async (_, silentAt) => {
    browser.isDeaf = silentAt.startsWith('GET');
    browser.answer = ({ method }) => (method === silentAt ? 'silence' : undefined);
    watch();
    await browser.heard(silentAt);
    await expect(cast.close()).resolves.toBeUndefined();
  });

  it('goes on for everybody after something has failed for one', async () => {
    watch();
    await browser.heard('Page.startScreencast');
    let failures = 1;
    const failing = {
      get: () => {
        if (failures-- > 0) throw new Error('This one fails once.');
        return settings;
      },
    };
    cast.add(Object.defineProperty(new Somebody(), 'settings', failing));
    await browser.heard('Page.startScreencast', 2);
    watch();
    await expect(browser.heard('Page.startScreencast', 3)).resolves.toBeUndefined();
  });

  it.each(['review', 'letGo'] as const)('connects again when %s came while it connected', async (how) => {
    browser.isDeaf = true;
    watch();
    await browser.heard('GET /json/version');
    if (how === 'review') standing = 'starting';
    cast[how]();
    // As the pool does, which does not know that the former attempt is not over yet.
    standing = 'live';
    browser.isDeaf = false;
    cast.review();
    await expect(browser.heard('Page.startScreencast')).resolves.toBeUndefined();
  });

  it.each(['Target.attachToTarget', 'Page.startScreencast'])(
    'tries again when the browser refuses %s',
    async (refused) => {
      // Tabs are looked at more than once in any case while the connection is made.
      const refusals = 3;
      browser.answer = ({ method }) =>
        method === refused && browser.count(refused) <= refusals ? new Error('not now') : undefined;
      watch();
      await browser.heard(refused, refusals + 1);
      await expect(browser.heard('Page.startScreencast')).resolves.toBeUndefined();
    },
  );

  it('begins again when the browser sends no first picture', async () => {
    watch();
    await expect(browser.heard('Page.startScreencast', 2)).resolves.toBeUndefined();
  });

  it('attaches again to a tab that it was detached from', async () => {
    watch();
    await browser.heard('Page.startScreencast');
    browser.tell('Target.detachedFromTarget', { sessionId: 'session' });
    await browser.heard('Target.attachToTarget', 2);
    await expect(browser.heard('Page.startScreencast', 2)).resolves.toBeUndefined();
  });

  it('asks for what one tab is called, and for no other', async () => {
    const somebody = watch();
    await browser.heard('Page.startScreencast');
    const targetInfo = tab({ title: 'Basket' });
    browser.answer = ({ method }) => (method === 'Target.getTargetInfo' ? { targetInfo } : undefined);
    await cast.refreshTab(1);
    expect(somebody.state?.tabs).toMatchObject([{ title: 'Basket' }]);
    expect(browser.commands.at(-1)).toMatchObject({ params: { targetId: 'tab' } });
    expect(browser.count('Target.getTargets')).toBe(0);
  });

  it('tells no more of a title and an address than can be shown, and nothing of a change beyond that', async () => {
    const somebody = watch();
    await browser.heard('Page.startScreencast');
    const title = 't'.repeat(1_000_000);
    const targetInfo = tab({ title, url: `http://shop/${title}` });
    browser.answer = ({ method }) => (method === 'Target.getTargetInfo' ? { targetInfo } : undefined);
    await cast.refreshTab(1);
    const told = somebody.state;
    expect(told?.tabs[0]?.title).toBe('t'.repeat(200));
    expect(told?.tabs[0]?.url).toHaveLength(2_000);
    browser.tell('Target.targetInfoChanged', {
      targetInfo: tab({ title: `${title}!`, url: `http://shop/${title}` }),
    });
    await cast.refreshTab(1);
    expect(somebody.state).toBe(told);
  });
});

describe('the cast of a page', () => {
  it('that keeps moving is off between two pictures, smaller, and as good as before when it rests', async () => {
    const somebody = watch();
    await browser.heard('Page.startScreencast');
    for (const change of ['a', 'b']) browser.picture(change);
    for (const change of ['c', 'd', 'e', 'f']) {
      const starts = castWidths().length;
      await browser.heard('Page.startScreencast', starts + 1);
      expect(browser.count('Page.stopScreencast')).toBe(starts);
      browser.picture(change);
    }
    await browser.heard('Page.startScreencast', 6);
    browser.picture('f');
    await browser.heard('Page.startScreencast', 7);
    expect(castWidths()).toEqual([1_280, 1_280, 853, 853, 853, 853, 1_280]);
    browser.picture('F');
    await browser.heard('Page.screencastFrameAck');
    expect(somebody.pictures).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'F']);
  });

  it('that blinks keeps moving, although it looks as before every other time', async () => {
    const somebody = watch();
    await browser.heard('Page.startScreencast');
    for (const change of ['on', 'off']) browser.picture(change);
    for (let blink = 1; blink <= 4; blink += 1) {
      await browser.heard('Page.startScreencast', blink + 1);
      for (const change of ['off', 'on', 'off']) browser.picture(change);
    }
    await browser.heard('Page.startScreencast', 6);
    expect(castWidths().slice(2)).toEqual([853, 853, 853, 853]);
    expect(somebody.pictures.slice(0, 4)).toEqual(['on', 'off', 'on', 'off']);
  });

  it('that a person acts on is shown as well while it moves', async () => {
    watch();
    await browser.heard('Page.startScreencast');
    for (const change of ['a', 'b']) browser.picture(change);
    for (const change of ['c', 'd', 'e', 'f']) {
      await cast.input({ type: 'text', slot: 0, text: 'x' }, undefined);
      await browser.heard('Page.startScreencast', castWidths().length + 1);
      browser.picture(change);
    }
    expect(new Set(castWidths())).toEqual(new Set([1_280]));
  });

  it('that changes now and then stays on, and is acknowledged', async () => {
    const somebody = watch();
    await browser.heard('Page.startScreencast');
    for (const [at, change] of ['a', 'b', 'c'].entries()) {
      browser.picture(change);
      await browser.heard('Page.screencastFrameAck', at + 1);
    }
    expect(somebody.pictures).toEqual(['a', 'b', 'c']);
    expect(castWidths()).toEqual([1_280]);
  });
});
