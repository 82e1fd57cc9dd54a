import { Devtools } from '@escarp/test-support';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PictureNews, readFrame, type SlotInput, viewerCloseCodes } from '@escarp/live-view/wire';
import { type EscarpHome, keepsBrowsers } from '../../src/escarp-home.js';
import { redeem, ViewerSession } from '../../src/viewer-session.js';
import { type AttackResult, expectPublished } from '../src/attack-results.js';
import { isFull, scaled } from '../src/attack-scale.js';
import { BareTab } from '../src/bare-tab.js';
import { inDataFrame, inPage, inSandboxedFrame, inServiceWorker, type Place } from '../src/hostile-places.js';
import { hostileDocument, type HostileSite, startHostileSite } from '../src/hostile-site.js';
import {
  acquireSlot,
  exampleIsHere,
  type Grant,
  localNetworkOpen,
  makeHomeWithBrowser,
} from '../src/secured-home.js';
import { until } from '../src/until.js';

let home: EscarpHome;
let site: HostileSite;
let grant: Grant;
/** The leased browser, in which hostile pages are open. */
let devtools: Devtools;

const noModifiers = { alt: false, ctrl: false, meta: false, shift: false };

beforeAll(async () => {
  site = await startHostileSite();
  home = await makeHomeWithBrowser(1, exampleIsHere, {
    ...keepsBrowsers,
    ESCARP_VIEW_PORT: '0',
    ESCARP_LEASE_TTL_S: '3600',
    ESCARP_CHROME_ARGS: localNetworkOpen,
  });
  await home.up();
  grant = await acquireSlot(home, { holder: 'claude@shop', slot: 0 });
  devtools = await Devtools.connect(grant.cdpWsUrl);
}, 120_000);

afterAll(async () => {
  devtools?.close();
  site?.close();
  await home?.remove();
}, 120_000);

async function link(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await home.escarp('view', '--json', ...args);
  expect([exitCode, stderr]).toEqual([0, '']);
  const { url }: { url: string } = JSON.parse(stdout);
  return url;
}

async function visit(...args: string[]): Promise<ViewerSession> {
  return ViewerSession.open(await link(...args));
}

/** From where the viewer is attacked, by a page in the very browser in which a person has it open. */
interface Stand {
  readonly from: string;
  /** Address of the page; without one it is of the viewer's own origin, as after its name was rebound. */
  readonly page?: (port: number) => string;
  /** By which the viewer is called. */
  readonly name?: string;
  readonly place?: Place;
  /** Whether what a document can do is tried from there too; it is if this is not said. */
  readonly usesDocument?: boolean;
}

const stands: readonly Stand[] = [
  { from: 'page of http://localhost', page: (port) => `http://localhost:${port}/` },
  // In short a document is not tried again from a page like one before it, of which only the name or the target's is another.
  {
    from: 'page of another port of 127.0.0.1',
    page: (port) => `http://127.0.0.1:${port}/`,
    usesDocument: isFull,
  },
  { from: 'page of a public name', page: (port) => `http://evil.example:${port}/` },
  { from: 'page of a name rebound to the target', name: 'rebound.example' },
  {
    from: 'page that calls this machine localhost.',
    page: (port) => `http://evil.example:${port}/`,
    name: 'localhost.',
    usesDocument: isFull,
  },
  { from: 'data: frame', page: (port) => `http://127.0.0.1:${port}/`, place: inDataFrame },
  { from: 'sandboxed frame', page: (port) => `http://127.0.0.1:${port}/`, place: inSandboxedFrame },
  { from: 'service worker', page: (port) => `http://localhost:${port}/`, place: inServiceWorker },
];

/** What a page of the viewer's own origin may read: that it is refused. */
const refusal = /"error":"forbidden_(host|origin)"/;

describe('the viewer of a real pool', { tags: ['browser'], timeout: 120_000 }, () => {
  const results: AttackResult[] = [];
  const expectNone = (attack: string, attempts: number, gotThrough: number): void => {
    results.push({ attack, attempts, gotThrough });
    expect(gotThrough).toBe(0);
  };
  /** In which a person has the viewer open. */
  let person: BareTab;
  let personsAddress: string;

  beforeAll(async () => {
    person = await BareTab.open(devtools, await link('--control'));
    personsAddress = await until(async () => {
      const address = await person.evaluate(() => location.href, undefined).catch(() => '');
      return /\/s\/[\w-]+\/$/.test(address) ? address : undefined;
    });
  });

  it.each(stands)(
    'gives nothing to a $from that knows its port and a session, and has its cookie',
    async ({ from, page: address, name = '127.0.0.1', place = inPage, usesDocument = true }) => {
      const { pathname, port } = new URL(personsAddress);
      const target = `http://${name}:${port}`;
      const page =
        address === undefined
          ? await BareTab.openDocumentAt(devtools, `${target}/hostile`, hostileDocument)
          : await BareTab.open(devtools, address(site.port));
      const { tried, read } = await place(page, {
        target,
        gets: scaled([`${pathname}api/state`, `${pathname}api/timeline`, pathname], [`${pathname}api/state`]),
        posts: scaled(
          ['/session', '/operator/links', `${pathname}api/links`, `${pathname}api/slots/0/control`],
          [`${pathname}api/slots/0/control`],
        ),
        sockets: [`${pathname}api/pictures`, `${pathname}api/slots/0/vnc`],
        accomplice: `http://localhost:${site.port}`,
        usesDocument,
      });
      await page.close();
      const stolen = read.filter((text) => !refusal.test(text));
      expect(stolen).toEqual([]);
      // A page of the viewer's own origin reads at least that it is refused, so its requests do arrive.
      expect(read.length).toBeGreaterThan(address === undefined ? 10 : -1);
      const { slots } = await home.status();
      expect(slots[0]?.['control'] ?? null).toBeNull();
      expectNone(`${from}, to the viewer`, tried, stolen.length);
    },
  );

  it('is shown in no frame, not even that of its own origin', async () => {
    const { origin } = new URL(personsAddress);
    const hostile = { another: `http://127.0.0.1:${site.port}/`, own: `${origin}/hostile` };
    const browser = await chromium.connectOverCDP(grant.cdpWsUrl, { noDefaults: true });
    const viewers = [`${origin}/`, personsAddress, `${personsAddress}index.js`];
    for (const address of [hostile.another, hostile.own]) {
      const page = await browser.contexts()[0]!.newPage();
      await page.route(hostile.own, (route) =>
        route.fulfill({ contentType: 'text/html', body: hostileDocument }),
      );
      await page.goto(address);
      await expectFramed(page, hostile.another, hostile.another);
      for (const url of viewers) await expectFramed(page, url, 'chrome-error://chromewebdata/');
      await page.close();
    }
    await browser.close();
    expectNone('page that frames the viewer', 2 * viewers.length, 0);
  });

  it('opens for no guess, and to nobody who has only the half of a session', async () => {
    const { origin, path: pathname, cookie } = await visit();
    const guesses = scaled(400, 20);
    const statuses: number[] = [];
    for (let at = 0; at < guesses; at++) {
      const guess = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
      statuses.push((await redeem(origin, guess)).status);
    }
    expectNone('guess of a link', guesses, statuses.filter((status) => status !== 401).length);
    const asked = async (path: string, sent: string): Promise<number> =>
      (await fetch(`${origin}${path}api/state`, { headers: { cookie: sent } })).status;
    const halves = [
      await asked(pathname, ''),
      await asked(pathname, 'escarp_view=guess'),
      await asked('/s/AAAAAAAAAAAAAAAAAAAAAA/', cookie),
    ];
    expectNone(
      "session's address or cookie alone",
      halves.length,
      halves.filter((each) => each !== 401).length,
    );
  });

  it('closes the socket of who may look and sends input, and writes that down', async () => {
    const session = await visit();
    const inputs: SlotInput[] = [
      { type: 'text', slot: 0, text: 'x' },
      { type: 'wheel', slot: 0, x: 1, y: 1, deltaX: 0, deltaY: 9, ...noModifiers },
      {
        type: 'mouse',
        slot: 0,
        action: 'down',
        x: 1,
        y: 1,
        button: 'left',
        buttons: 1,
        clicks: 1,
        ...noModifiers,
      },
    ];
    const codes: number[] = [];
    for (const input of inputs) {
      const socket = await session.pictures();
      socket.send(JSON.stringify(input));
      codes.push(await new Promise((resolve) => socket.once('close', resolve)));
    }
    const refused = codes.filter((code) => code === viewerCloseCodes.inputWithoutControl);
    expectNone('input with the right to look', inputs.length, inputs.length - refused.length);
    const written = async (): Promise<string[]> => {
      const log = await readFile(join(home.path, 'logs', 'viewer.log'), 'utf8');
      return log.split('\n').filter((line) => line.includes('"slot":0'));
    };
    await expect.poll(written).toHaveLength(inputs.length);
  });

  it('is published with its counts', async () => {
    await person.close();
    await expectPublished('viewer', 'The viewer', results);
  });

  it('shows a slot to who may look, and goes on when its browser was killed', async () => {
    const session = await visit();
    const socket = await session.pictures();
    let frames = 0;
    const states: string[] = [];
    socket.on('message', (data: Buffer, isBinary) => {
      const frame = isBinary ? readFrame(new Uint8Array(data).buffer) : undefined;
      if (frame === undefined) {
        const news: PictureNews = JSON.parse(data.toString());
        if (news.type === 'picture') states.push(news.state);
        return;
      }
      frames += 1;
      socket.send(JSON.stringify({ type: 'shown', slot: frame.slot, frame: frame.frame }));
    });
    socket.send(JSON.stringify({ type: 'watch', slots: [{ slot: 0, width: 640, height: 480, rate: 10 }] }));
    await expect.poll(() => frames).toBeGreaterThan(0);
    process.kill(Number((await home.status()).slots[0]?.['pid']), 'SIGKILL');
    await expect.poll(() => states.includes('starting')).toBe(true);
    // What is shown from now on is the new browser.
    const before = frames;
    await expect.poll(() => [states.at(-1), frames > before]).toEqual(['live', true]);
    socket.terminate();
  });

  it('takes over and hands back for who may control, until the lease ends', async () => {
    expect((await (await visit('0')).post('slots/0/control', { by: 'human' })).status).toBe(403);
    const session = await visit('0', '--control');
    const taken = await session.post('slots/0/control', { by: 'human', who: 'Ada', reason: 'captcha' });
    expect(await taken.json()).toMatchObject({ by: 'human', who: 'Ada', isOwn: true });
    const { body } = await home.post('/heartbeat', { lease_token: grant.leaseToken });
    expect(body['control']).toMatchObject({ by: 'human', who: 'Ada', reason: 'captcha' });
    await session.post('slots/0/control', { by: 'agent', outcome: 'declined', note: 'not mine' });
    const after = await home.post('/heartbeat', { lease_token: grant.leaseToken });
    expect(after.body['control']).toMatchObject({ by: 'agent', outcome: 'declined', note: 'not mine' });
    await home.post('/release', { lease_token: grant.leaseToken });
    await expect.poll(async () => (await session.post('links', { right: 'view' })).status).toBe(401);
  });

  it('ends with the pool', async () => {
    const { origin } = new URL(await link());
    const { exitCode } = await home.escarp('view', '--stop');
    expect(exitCode).toBe(0);
    await expect
      .poll(() =>
        fetch(origin).then(
          () => 'answers',
          () => 'gone',
        ),
      )
      .toBe('gone');
  });
});

/** Puts the address into a frame of the page, which then shows what is expected. */
async function expectFramed(page: Page, url: string, shown: string): Promise<void> {
  const element = await page.evaluateHandle((src) => {
    const frame = Object.assign(document.createElement('iframe'), { src });
    document.body.append(frame);
    return frame;
  }, url);
  const frame = await element.asElement()?.contentFrame();
  await expect.poll(() => frame?.url()).toBe(shown);
}
