import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type PictureNews, readFrame } from '@escarp/live-view/wire';
import type { EscarpHome } from '../../src/escarp-home.js';
import { inDataFrame, inPage, inSandboxedFrame } from '../src/hostile-places.js';
import { type HostileSite, startHostileSite } from '../src/hostile-site.js';
import {
  acquireSlot,
  exampleIsHere,
  type Grant,
  localNetworkOpen,
  makeHomeWithBrowser,
} from '../src/secured-home.js';

let home: EscarpHome;
let site: HostileSite;
let grant: Grant;
/** The leased browser, in which hostile pages are open. */
let browser: Browser;

interface Visit {
  readonly base: string;
  readonly path: string;
  readonly cookie: string;
}

beforeAll(async () => {
  site = await startHostileSite();
  const env = { ESCARP_VIEW_PORT: '0', ESCARP_LEASE_TTL_S: '3600', ESCARP_CHROME_ARGS: localNetworkOpen };
  home = await makeHomeWithBrowser(2, exampleIsHere, env);
  await home.up();
  grant = await acquireSlot(home, { holder: 'claude@shop', slot: 0 });
  browser = await chromium.connectOverCDP(grant.cdpWsUrl, { noDefaults: true });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  site?.close();
  await home?.remove();
}, 120_000);

async function link(...args: string[]): Promise<{ base: string; secret: string }> {
  const { exitCode, stdout, stderr } = await home.escarp('view', '--json', ...args);
  expect([exitCode, stderr]).toEqual([0, '']);
  const { url }: { url: string } = JSON.parse(stdout);
  const [base = '', secret = ''] = url.split('/#');
  return { base, secret };
}

async function visit(...args: string[]): Promise<Visit> {
  const { base, secret } = await link(...args);
  const reply = await fetch(`${base}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({ link: secret }),
  });
  const { path }: { path: string } = await reply.json();
  return { base, path, cookie: reply.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

async function post({ base, path, cookie }: Visit, route: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin: base, cookie };
  return fetch(`${base}${path}api/${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

describe('the viewer of a real pool', { tags: ['browser'], timeout: 120_000 }, () => {
  it('gives nothing to pages in a leased browser that know its port, a session, and have its cookie', async () => {
    const { base, secret } = await link('--control');
    const person = await browser.contexts()[0]!.newPage();
    await person.goto(`${base}/#${secret}`);
    await person.waitForURL(/\/s\/[\w-]+\/$/);
    const { pathname, port } = new URL(person.url());
    const attack = {
      target: base,
      gets: [`${pathname}api/state`, `${pathname}api/timeline`, pathname],
      posts: ['/session', '/operator/links', `${pathname}api/links`, `${pathname}api/slots/0/control`],
      sockets: [`${pathname}api/pictures`, `${pathname}api/slots/0/vnc`],
      accomplice: `http://localhost:${site.port}`,
    };
    const stands = [
      { name: '127.0.0.1', place: inPage },
      { name: 'localhost', place: inPage },
      { name: '127.0.0.1', place: inSandboxedFrame },
      { name: '127.0.0.1', place: inDataFrame },
    ];
    for (const { name, place } of stands) {
      const page = await browser.contexts()[0]!.newPage();
      await page.goto(`http://${name}:${site.port}/`);
      const loot = await place(page, attack);
      expect(loot.read).toEqual([]);
      await page.close();
    }
    // Its name was rebound, so the browser takes the viewer for a page of the attacker's own origin.
    const rebound = await browser.contexts()[0]!.newPage();
    const reply = await rebound.goto(`http://viewer.example:${port}${pathname}`);
    expect([reply?.status(), await reply?.text()]).toEqual([403, expect.stringContaining('forbidden_host')]);
    const { slots } = await home.status();
    expect(slots[0]?.['control'] ?? null).toBeNull();
    await person.close();
    await rebound.close();
  });

  it('shows a slot to who may look, and goes on when its browser was killed', async () => {
    const session = await visit();
    const url = `${session.base.replace('http', 'ws')}${session.path}api/pictures`;
    const socket = new WebSocket(url, { headers: { cookie: session.cookie, origin: session.base } });
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
    socket.once('open', () =>
      socket.send(JSON.stringify({ type: 'watch', slots: [{ slot: 0, width: 640, height: 480, rate: 10 }] })),
    );
    await expect.poll(() => frames, { timeout: 30_000 }).toBeGreaterThan(0);
    const before = frames;
    process.kill(Number((await home.status()).slots[0]?.['pid']), 'SIGKILL');
    await expect.poll(() => states.includes('starting'), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => frames, { timeout: 30_000 }).toBeGreaterThan(before);
    expect(states.at(-1)).toBe('live');
    socket.terminate();
  });

  it('takes over and hands back for who may control, until the lease ends', async () => {
    expect((await post(await visit('0'), 'slots/0/control', { by: 'human' })).status).toBe(403);
    const session = await visit('0', '--control');
    const taken = await post(session, 'slots/0/control', { by: 'human', who: 'Ada', reason: 'captcha' });
    expect(await taken.json()).toMatchObject({ by: 'human', who: 'Ada', isOwn: true });
    const { body } = await home.post('/heartbeat', { lease_token: grant.leaseToken });
    expect(body['control']).toMatchObject({ by: 'human', who: 'Ada', reason: 'captcha' });
    await post(session, 'slots/0/control', { by: 'agent', outcome: 'declined', note: 'not mine' });
    const after = await home.post('/heartbeat', { lease_token: grant.leaseToken });
    expect(after.body['control']).toMatchObject({ by: 'agent', outcome: 'declined', note: 'not mine' });
    await home.post('/release', { lease_token: grant.leaseToken });
    await expect.poll(async () => (await post(session, 'links', { right: 'view' })).status).toBe(401);
  });

  it('ends with the pool', async () => {
    const { base } = await link();
    const { exitCode } = await home.escarp('view', '--stop');
    expect(exitCode).toBe(0);
    await expect
      .poll(() =>
        fetch(base).then(
          () => 'answers',
          () => 'gone',
        ),
      )
      .toBe('gone');
  });
});
