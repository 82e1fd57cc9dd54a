import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type PictureFrame, viewerCloseCodes } from '@escarp/live-view/wire';
import { RealBrowser } from './real-browser.js';
import {
  FakePool,
  leased,
  type OpenSession,
  type PictureViewer,
  startViewer,
  type ViewerFixture,
} from './viewer-fixture.js';

let slot: RealBrowser;
let agent: { page: Page; browser: Browser };
let fixture: ViewerFixture;
let session: OpenSession;
let viewer: PictureViewer;

const page = `<!doctype html><body style="margin:0;background:rgb(0,0,255);height:100vh">
<input id="field" style="position:absolute;left:100px;top:100px;width:300px;height:40px">
<button style="position:absolute;left:100px;top:200px;width:100px;height:40px" onclick="paint('rgb(255,0,0)')">red</button>
<script>
function paint(colour) { document.body.style.background = colour; }
function burst(changes) {
  let at = 0;
  const next = () => { at += 1; paint(at === changes ? 'rgb(255,0,0)' : 'rgb(0,' + (at * 4 % 200) + ',0)'); if (at < changes) requestAnimationFrame(next); };
  requestAnimationFrame(next);
}
let timer;
function animate() { let at = 0; timer = setInterval(() => paint('rgb(0,0,' + ((at += 7) % 256) + ')'), 16); }
</script>`;

beforeAll(async () => {
  slot = await RealBrowser.launch();
});
afterAll(async () => {
  await slot.kill();
});
beforeEach(async () => {
  agent = await slot.agent();
  await agent.page.goto('about:blank');
  await agent.page.setContent(page);
  fixture = await startViewer(new FakePool([leased(7, { cdpPort: slot.port })]));
  session = await fixture.open('control');
  viewer = await session.pictures();
});
afterEach(async () => {
  session.close();
  await fixture.end();
  await agent.browser.close();
});

/** The agent's own client of the browser. */
const unwatched = 1;
const last = (): PictureFrame | undefined => viewer.frames.at(-1);

describe('the pictures of a headless slot', { tags: ['browser'] }, () => {
  it('show the page, with the size that input is in', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    const size = await agent.page.evaluate('[innerWidth, innerHeight]');
    expect([last()?.pageWidth, last()?.pageHeight]).toEqual(size);
    await expect.poll(async () => colourOf(last())).toBe('blue');
    await expect
      .poll(() => viewer.news.at(-1))
      .toMatchObject({ state: 'live', tabs: [{ tab: 1, url: 'about:blank' }], tab: 1 });
  });

  it('show the last of many changes, although the browser drops some', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    for (const changes of [5, 12, 40]) {
      await agent.page.evaluate(`burst(${changes})`);
      await expect.poll(async () => colourOf(last())).toBe('red');
      await agent.page.evaluate("paint('rgb(0,0,255)')");
      await expect.poll(async () => colourOf(last())).toBe('blue');
    }
  });

  it('of a page that does not change are there for somebody who comes later', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    const second = await session.pictures();
    second.watch(0);
    await second.until(() => second.frames.length > 0);
    await expect.poll(async () => colourOf(second.frames.at(-1))).toBe('blue');
  });

  it('wait for a slow viewer, which then gets the latest', async () => {
    viewer.draws = false;
    viewer.watch(0, { rate: 30 });
    await viewer.until(() => viewer.frames.length > 0);
    const quick = await session.pictures();
    quick.watch(0, { rate: 30 });
    await agent.page.evaluate('animate()');
    await quick.until(() => quick.frames.length > 12);
    expect(viewer.frames).toHaveLength(1);
    await agent.page.evaluate("clearInterval(timer); paint('rgb(255,0,0)')");
    await expect.poll(async () => colourOf(quick.frames.at(-1))).toBe('red');
    viewer.shown(viewer.frames[0]!);
    await viewer.until(() => viewer.frames.length === 2);
    expect(await colourOf(last())).toBe('red');
  });

  it('of a page that keeps moving are smaller until it rests', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    const whole = widthOf(last());
    await agent.page.evaluate('animate()');
    await viewer.until(() => widthOf(last()) < whole);
    await agent.page.evaluate("clearInterval(timer); paint('rgb(255,0,0)')");
    const look = async () => [widthOf(last()), await colourOf(last())];
    await expect.poll(look, { timeout: 20_000 }).toEqual([whole, 'red']);
  });

  it('come at the rate that was asked for', async () => {
    await agent.page.evaluate('animate()');
    viewer.watch(0, { rate: 2 });
    await viewer.until(() => viewer.frames.length >= 5);
    const times = viewer.frames.map(({ drawnAtMs }) => drawnAtMs);
    expect(times[4]! - times[0]!).toBeGreaterThan(1_400);
  });

  it('follow the tab that was opened last, or the one that was chosen', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    const popup = await agent.page.context().newPage();
    await popup.setContent('<title>second</title><body style="background:rgb(0,255,0)">');
    await expect.poll(async () => colourOf(last())).toBe('green');
    viewer.watch(0, { tab: 1 });
    await expect.poll(async () => colourOf(last())).toBe('blue');
    await popup.close();
  });

  it('go on by themselves when the browser has been killed and launched again', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    await slot.kill();
    await viewer.until(() => stateOf(viewer) === 'starting');
    const before = viewer.frames.length;
    await slot.start();
    await viewer.until(() => viewer.frames.length > before);
    await expect.poll(() => stateOf(viewer)).toBe('live');
    agent = await slot.agent();
  });

  it('let go of a browser that is being reset, and come back after it', async () => {
    await expect.poll(() => slot.clients()).toBe(unwatched);
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    await expect.poll(() => slot.clients()).toBe(unwatched + 1);
    fixture.pool.change(0, { state: 'resetting', fence: null, holder: null });
    await viewer.until(() => stateOf(viewer) === 'starting');
    await expect.poll(() => slot.clients()).toBe(unwatched);
    const before = viewer.frames.length;
    fixture.pool.change(0, { state: 'free' });
    await viewer.until(() => viewer.frames.length > before);
  });

  it('cost nothing while nobody looks', async () => {
    await expect.poll(() => slot.clients()).toBe(unwatched);
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    viewer.send({ type: 'watch', slots: [] });
    await expect.poll(() => slot.clients()).toBe(unwatched);
    viewer.watch(0);
    await expect.poll(() => slot.clients()).toBe(unwatched + 1);
    session.close();
    await expect.poll(() => slot.clients()).toBe(unwatched);
  });

  it('leave the page as its agent has it', async () => {
    const look = () =>
      agent.page.evaluate(
        '({ focus: document.hasFocus(), visible: document.visibilityState, w: innerWidth, h: innerHeight, ratio: devicePixelRatio, sw: screen.width })',
      );
    const before = await look();
    viewer.watch(0, { width: 320, height: 200 });
    await viewer.until(() => viewer.frames.length > 0);
    expect(await look()).toEqual(before);
    const dialog = agent.page.waitForEvent('dialog');
    const asked = agent.page.evaluate("confirm('sure?')");
    await (await dialog).accept();
    expect(await asked).toBe(true);
  });
});

describe('a person in control', { tags: ['browser'] }, () => {
  it('clicks, types and pastes in the page', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    await session.post('api/slots/0/control', { by: 'human' });
    click(150, 120);
    type('a');
    type('Ä', { shift: true });
    viewer.send({ type: 'text', slot: 0, text: ' 日本' });
    await expect.poll(() => agent.page.locator('#field').inputValue()).toBe('aÄ 日本');
    click(150, 220);
    await expect.poll(async () => colourOf(last())).toBe('red');
  });

  it('does nothing in the page without having taken over', async () => {
    viewer.watch(0);
    await viewer.until(() => viewer.frames.length > 0);
    click(150, 220);
    await viewer.until(() => viewer.news.some(({ type: kind }) => kind === 'refused'));
    expect(await agent.page.evaluate('document.body.style.background')).toBe('rgb(0, 0, 255)');
    viewer.socket.send('{"type":"mouse"}');
    expect(await viewer.closed).toBe(viewerCloseCodes.badMessage);
  });
});

const none = { alt: false, ctrl: false, meta: false, shift: false };

function click(x: number, y: number): void {
  const at = { type: 'mouse', slot: 0, x, y, clicks: 1, ...none } as const;
  viewer.send({ ...at, action: 'move', button: 'none', buttons: 0 });
  viewer.send({ ...at, action: 'down', button: 'left', buttons: 1 });
  viewer.send({ ...at, action: 'up', button: 'left', buttons: 0 });
}

function type(key: string, modifiers = {}): void {
  const event = {
    type: 'key',
    slot: 0,
    key,
    code: '',
    keyCode: 0,
    location: 0,
    repeat: false,
    ...none,
    ...modifiers,
  } as const;
  viewer.send({ ...event, action: 'down' });
  viewer.send({ ...event, action: 'up' });
}

function stateOf({ news }: PictureViewer): string | undefined {
  return news.findLast((one) => one.type === 'picture')?.state;
}

/** Of the picture itself, in pixels: what the frame header of a JPEG says. */
function widthOf(frame: PictureFrame | undefined): number {
  if (frame === undefined) return 0;
  const jpeg = Buffer.from(frame.jpeg);
  const isFrameHeader = (at: number): boolean =>
    jpeg[at] === 0xff && [0xc0, 0xc2].includes(jpeg[at + 1] ?? 0);
  let at = 2;
  while (at < jpeg.length && !isFrameHeader(at)) at += 2 + jpeg.readUInt16BE(at + 2);
  return jpeg.readUInt16BE(at + 7);
}

/** Decoded by a browser, because the viewer's is one. */
let decoder: { browser: Browser; page: Page } | undefined;
afterAll(async () => decoder?.browser.close());

async function colourOf(frame: PictureFrame | undefined): Promise<string> {
  if (frame === undefined) return 'none';
  if (decoder === undefined) {
    const browser = await chromium.launch({
      executablePath: process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium',
      args: ['--no-sandbox'],
    });
    decoder = { browser, page: await browser.newPage() };
  }
  const url = `data:image/jpeg;base64,${Buffer.from(frame.jpeg).toString('base64')}`;
  const pixel = await decoder.page.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
    const context = canvas.getContext('2d')!;
    context.drawImage(image, image.width - 9, image.height - 9, 8, 8, 0, 0, 8, 8);
    return [...context.getImageData(4, 4, 1, 1).data].slice(0, 3);
  }, url);
  return nameOf(pixel);
}

/** JPEG is off by a little. */
function nameOf(pixel: readonly number[]): string {
  const pure = { red: [255, 0, 0], green: [0, 255, 0], blue: [0, 0, 255] };
  const near = Object.entries(pure).find(([, colour]) =>
    colour.every((part, at) => Math.abs(part - pixel[at]!) < 6),
  );
  return near?.[0] ?? pixel.join();
}
