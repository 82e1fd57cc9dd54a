import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { listStrips, type RecordedLease, type StripPicture } from '@escarp/screenshots';
import { serveRecorder } from '@escarp/live-view/recording';
import { makeTempHome, type TempHome } from '@escarp/test-support';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RealBrowser } from './real-browser.js';

let slot: RealBrowser;
let site: { server: Server; url: string };
let temp: TempHome;
let recorder: RunningRecorder;
let agent: { page: Page; browser: Browser };

beforeAll(async () => {
  slot = await RealBrowser.launch();
  site = await startSite();
});
afterAll(async () => {
  await slot.kill();
  site.server.close();
});
beforeEach(async () => {
  temp = await makeTempHome();
  recorder = new RunningRecorder(temp.path);
  agent = await slot.agent();
  await agent.page.goto(`${site.url}/start`);
});
afterEach(async () => {
  await recorder.end();
  await agent.browser.close();
  await temp.remove();
});

describe('the recorder', { tags: ['browser'] }, () => {
  it('pictures each page that is shown, without what may be secret in its address', async () => {
    await recorder.order([lease()]);
    await expectPictured('start');
    await agent.page.goto(`${site.url}/cart?token=secret#secret`);
    await expectPictured('cart');
    await agent.page.goto(`${site.url}/paid`);
    await expectPictured('paid');
    expect((await pictures()).find(({ title }) => title === 'cart')?.url).toBe(`${site.url}/cart`);
  });

  it('pictures the last look of a page before it lets go, and nothing after', async () => {
    await recorder.order([lease()]);
    await expectPictured('start');
    // The agent and the recorder.
    await expect.poll(() => slot.clients()).toBe(2);
    await recorder.order([]);
    expect(await slot.clients()).toBe(1);
    const seen = await pictures();
    await agent.page.goto(`${site.url}/next-holder`);
    await recorder.order([lease({ lease: 'next', fence: 2 })]);
    await expectPictured('next-holder', 'next');
    expect(await pictures()).toEqual(seen);
  });

  it('pictures tabs that are opened later, too', async () => {
    await recorder.order([lease()]);
    await expectPictured('start');
    const popup = await agent.page.context().newPage();
    await popup.goto(`${site.url}/popup`);
    expect(await expectPictured('popup')).toContain('start');
    await popup.close();
  });

  it('goes on with the strip of a lease', async () => {
    await recorder.order([lease()]);
    await expectPictured('start');
    await recorder.order([]);
    await agent.page.goto(`${site.url}/unseen`);
    await agent.page.goto(`${site.url}/again`);
    await recorder.order([lease()]);
    const titles = await expectPictured('again');
    expect(titles).not.toContain('unseen');
    expect(titles).toContain('start');
  });

  it('takes a new picture of a page that changes, and none of one that does not', async () => {
    await recorder.order([lease()]);
    await expectPictured('start');
    await agent.page.evaluate("document.body.style.background = 'red'; document.title = 'red'");
    const after = (await expectPictured('red')).length;
    const session = await agent.page.context().newCDPSession(agent.page);
    // A frame that is drawn for somebody else changes nothing on the page. A busy browser may refuse to draw one.
    for (let count = 0; count < 5; count += 1) await session.send('Page.captureScreenshot').catch(() => {});
    await recorder.order([]);
    expect((await pictures()).length).toBe(after);
  });

  it.each([
    ['waits in a dialog', () => void agent.page.evaluate("setTimeout(() => alert('wait'))")],
    ['never rests', () => void agent.page.evaluate('for (;;);').catch(() => {})],
    ['is very large', () => agent.page.evaluate("document.body.innerHTML = '<p>x</p>'.repeat(50_000)")],
    ['changes its address all the time', () => agent.page.evaluate(changingAddress)],
  ])('lets go of a page at once that %s', async (_, misbehave) => {
    agent.page.on('dialog', () => {});
    await recorder.order([lease()]);
    await expectPictured('start');
    await misbehave();
    // The agent and the recorder.
    await expect.poll(() => slot.clients()).toBe(2);
    await recorder.order([]);
    expect(await slot.clients()).toBe(1);
    expect((await pictures()).length).toBeLessThan(20);
    agent = await withoutPage(agent);
  });

  it('finds the browser of a lease again that was replaced', async () => {
    await recorder.order([lease()]);
    await expectPictured('start');
    await slot.kill();
    await slot.start();
    agent = await slot.agent();
    await agent.page.goto(`${site.url}/relaunched`);
    expect(await expectPictured('relaunched')).toContain('start');
  });
});

/** The agent with another page in place of its own, which may hang. */
async function withoutPage({ page, browser }: typeof agent): Promise<typeof agent> {
  const next = await page.context().newPage();
  await page.close();
  return { page: next, browser };
}

const changingAddress = `let count = 0;
setInterval(() => history.replaceState(null, '', '/at-' + (count += 1)), 10)`;

function lease(change: Partial<RecordedLease> = {}): RecordedLease {
  const whose = { lease: 'first', slot: 0, fence: 1, holder: 'claude', since: 1 };
  return { ...whose, cdpPort: slot.port, isKept: false, ...change };
}

async function pictures(id = 'first'): Promise<readonly StripPicture[]> {
  return (await listStrips(temp.path)).find((strip) => strip.lease === id)?.pictures ?? [];
}

/** Waits for a picture of the page with this title; resolves with the titles of all. */
async function expectPictured(title: string, id = 'first'): Promise<readonly string[]> {
  const look = async () => (await pictures(id)).map((picture) => picture.title);
  await expect.poll(look).toContain(title);
  return look();
}

async function startSite(): Promise<{ server: Server; url: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const name = new URL(url, 'http://site').pathname.slice(1);
    response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><title>${name}</title><h1>${name}</h1>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
}

/** The recorder's program without its process. */
class RunningRecorder {
  readonly #input = new PassThrough();
  readonly #served: Promise<void>;
  readonly #replies: AsyncIterator<string>;
  #order = 0;

  constructor(home: string) {
    const output = new PassThrough();
    this.#replies = createInterface({ input: output })[Symbol.asyncIterator]();
    const ports = {
      wallMs: Date.now,
      monotonicMs: () => performance.now(),
      randomBytes: (size: number) => new Uint8Array(size),
    };
    this.#served = serveRecorder({ home, input: this.#input, output, ports });
  }

  /** Resolves when it has let go of every lease that is not among these. */
  async order(leases: readonly RecordedLease[]): Promise<void> {
    this.#order += 1;
    this.#input.write(`${JSON.stringify({ order: this.#order, leases })}\n`);
    const { value } = await this.#replies.next();
    if (value !== JSON.stringify({ done: this.#order })) throw new Error(`The recorder says ${value}.`);
  }

  async end(): Promise<void> {
    this.#input.end();
    await this.#served;
  }
}
