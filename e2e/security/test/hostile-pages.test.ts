import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import type { HostileSite } from '../src/hostile-site.js';
import { hostileDocument, startHostileSite } from '../src/hostile-site.js';
import { startOpenServer } from '../src/open-server.js';
import type { PageAttack, PageLoot } from '../src/page-attack.js';
import type { Grant } from '../src/secured-home.js';
import { acquireSlot, exampleIsHere, localNetworkOpen, makeHomeWithBrowser } from '../src/secured-home.js';

type Way = (page: Page, attack: PageAttack) => Promise<PageLoot>;

interface Places {
  /** Where the page is; without one it is of the target's own origin, as after its name was rebound. */
  readonly page?: string;
  /** By which the target is called. */
  readonly name?: string;
  readonly only?: 'broker';
}

/** What a page of the target's own origin may read: that it is refused. The second is Chrome's own. */
const refusal = /"error":"forbidden_(host|origin)"|Host header is specified and is not an IP address/;

const brokerPaths = {
  gets: [
    '/status',
    '/reaped',
    '/events',
    '/metrics',
    '/openapi.json',
    '/acquire?holder=page',
    '/release?slot=0',
  ],
  posts: ['/acquire', '/revoke', '/pool/add', '/pool/remove', '/mcp'],
  sockets: ['/mcp', '/events'],
};

describe('a hostile page in a leased browser', { tags: ['browser'], timeout: 600_000 }, () => {
  let home: EscarpHome;
  let site: HostileSite;
  let lease: Grant;
  let browser: Browser;
  let sibling: { port: number; wsPath: string };
  const results: AttackResult[] = [];

  beforeAll(async () => {
    site = await startHostileSite();
    home = await makeHomeWithBrowser(2, exampleIsHere, {
      ESCARP_LEASE_TTL_S: '3600',
      ESCARP_CHROME_ARGS: localNetworkOpen,
    });
    await home.up();
    lease = await acquireSlot(home, { holder: 'visitor of hostile pages', slot: 0 });
    browser = await chromium.connectOverCDP(lease.cdpWsUrl, { noDefaults: true });
    const port = Number((await home.status()).slots[1]?.['cdp_port']);
    sibling = { port, wsPath: await browserSocket(port) };
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    site?.close();
    await home?.remove();
  }, 120_000);

  /** Everything about the pool that an attack could have changed. */
  const traces = async (): Promise<unknown> => {
    const { revision, slots, queue_length: queued } = await home.status();
    const held = slots.map(({ state, holder, fence, pid }) => ({ state, holder, fence, pid }));
    return { revision, held, queued, targets: await targetsOf(sibling.port) };
  };

  const targets = async (name: string): Promise<PageAttack[]> => {
    const accomplice = `http://localhost:${site.port}`;
    const { port } = new URL(await home.url());
    const ownPaths = ['/json/version', '/json/list', '/json/new?about:blank', '/json/protocol'];
    const cdpPaths = { gets: ownPaths, posts: ['/json/new?about:blank'], sockets: [sibling.wsPath] };
    return [
      { target: `http://${name}:${port}`, ...brokerPaths, accomplice },
      { target: `http://${name}:${sibling.port}`, ...cdpPaths, accomplice },
    ];
  };

  const expectNothingFrom = async (from: string, way: Way, places: Places): Promise<void> => {
    for (const attack of await targets(places.name ?? '127.0.0.1')) {
      const isBroker = attack.posts.includes('/mcp');
      if (places.only === 'broker' && !isBroker) continue;
      const page = await browser.contexts()[0]!.newPage();
      const address = places.page ?? `${attack.target}/hostile`;
      if (places.page === undefined)
        await page.route(address, (route) =>
          route.fulfill({ contentType: 'text/html', body: hostileDocument }),
        );
      const before = await traces();
      await page.goto(address);
      const { tried, read } = await way(page, attack);
      const loot = read.filter((text) => !refusal.test(text));
      expect(loot).toEqual([]);
      expect(await traces()).toEqual(before);
      await page.close();
      const to = isBroker ? 'the broker' : "a neighbour's CDP port";
      results.push({ attack: `${from}, to ${to}`, attempts: tried, gotThrough: loot.length });
      if (places.page === undefined) expect(read.length).toBeGreaterThan(20);
    }
  };

  const localhost = (): string => `http://localhost:${site.port}/`;

  it('of a dev server on localhost gets nowhere', () =>
    expectNothingFrom('page of http://localhost', inPage, { page: localhost() }));
  it('of another port of 127.0.0.1 gets nowhere', () => {
    const page = `http://127.0.0.1:${site.port}/`;
    return expectNothingFrom('page of another port of 127.0.0.1', inPage, { page, name: 'localhost' });
  });
  it('of a public site gets nowhere', () =>
    expectNothingFrom('page of a public name', inPage, { page: `http://evil.example:${site.port}/` }));
  it('whose name was rebound to this machine reads refusals and nothing else', () =>
    expectNothingFrom('page of a name rebound to the target', inPage, { name: 'rebound.example' }));
  it('that somebody once served from the very port reads refusals and nothing else', () =>
    expectNothingFrom("page of the broker's own origin", inPage, { only: 'broker' }));
  it('in a data: frame gets nowhere', () =>
    expectNothingFrom('data: frame', inFrame(dataFrame), { page: localhost() }));
  it('in a sandboxed frame gets nowhere', () =>
    expectNothingFrom('sandboxed frame', inFrame(sandboxedFrame), { page: localhost() }));
  it('with a service worker gets nowhere', () =>
    expectNothingFrom('service worker', inServiceWorker, { page: localhost() }));

  it('would reach a server that guards nothing, by every one of its ways', async () => {
    const open = await startOpenServer();
    const page = await browser.contexts()[0]!.newPage();
    await page.goto(`http://localhost:${site.port}/`);
    const attack = { target: open.url, ...brokerPaths, accomplice: `http://localhost:${site.port}` };
    const ways: Way[] = [inPage, inFrame(dataFrame), inFrame(sandboxedFrame), inServiceWorker];
    for (const way of ways) {
      open.reached.clear();
      const { read } = await way(page, attack);
      expect(read.length).toBeGreaterThan(50);
      for (const path of brokerPaths.posts) expect(open.reached).toContain(`POST ${path}`);
      for (const path of brokerPaths.gets) expect(open.reached).toContain(`GET ${path}`);
      for (const path of brokerPaths.sockets) expect(open.reached).toContain(`WebSocket ${path}`);
    }
    await page.close();
    open.close();
  });

  it('is published with its counts', () =>
    expectPublished('hostile-pages', 'Pages in a leased browser', results));
});

const inPage: Way = (page, attack) =>
  page.evaluate((given) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the hostile document defines it.
    const { attack: run } = window as unknown as { attack: (attack: PageAttack) => Promise<PageLoot> };
    return run(given);
  }, attack);

const dataFrame = (script: string): string =>
  `<iframe src="data:text/html,${encodeURIComponent(script)}"></iframe>`;
const sandboxedFrame = (script: string): string =>
  `<iframe sandbox="allow-scripts allow-forms" srcdoc="${script.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`;

function inFrame(frameOf: (script: string) => string): Way {
  return async (page, attack) => {
    const run = `window.attack(${JSON.stringify(attack)}).then((loot) => parent.postMessage(loot, '*'))`;
    const markup = frameOf(`${hostileDocument}<script>${run}</script>`);
    return page.evaluate(
      (given) =>
        new Promise<PageLoot>((resolve) => {
          window.addEventListener('message', ({ data }) => resolve(data), { once: true });
          const place = document.createElement('div');
          document.body.append(place);
          place.innerHTML = given;
        }),
      markup,
    );
  };
}

const inServiceWorker: Way = (page, attack) =>
  page.evaluate(async (given) => {
    await navigator.serviceWorker.register('/worker.js');
    const { active } = await navigator.serviceWorker.ready;
    return new Promise<PageLoot>((resolve) => {
      navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(data), { once: true });
      navigator.serviceWorker.startMessages();
      active?.postMessage(given, []);
    });
  }, attack);

async function browserSocket(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/json/version`);
  const { webSocketDebuggerUrl }: { webSocketDebuggerUrl: string } = JSON.parse(await response.text());
  return new URL(webSocketDebuggerUrl).pathname;
}

async function targetsOf(port: number): Promise<string[]> {
  const list: { id: string; url: string }[] = JSON.parse(
    await (await fetch(`http://127.0.0.1:${port}/json/list`)).text(),
  );
  return list.map(({ id, url }) => `${id} ${url}`).toSorted();
}
