import { Devtools } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { AttackResult } from '../src/attack-results.js';
import { expectPublished } from '../src/attack-results.js';
import { isFull, scaled } from '../src/attack-scale.js';
import { BareTab } from '../src/bare-tab.js';
import { openTabs, socketsOf } from '../src/devtools-port.js';
import type { Place } from '../src/hostile-places.js';
import { inDataFrame, inPage, inSandboxedFrame, inServiceWorker } from '../src/hostile-places.js';
import type { HostileSite } from '../src/hostile-site.js';
import { hostileDocument, startHostileSite } from '../src/hostile-site.js';
import type { OpenServer } from '../src/open-server.js';
import { startOpenServer } from '../src/open-server.js';
import type { PageAttack, PageLoot } from '../src/page-attack.js';
import { acquireSlot, exampleIsHere, localNetworkOpen, makeHomeWithBrowser } from '../src/secured-home.js';

/** From where the target is attacked. */
interface Stand {
  /** Address of the page; without one it is of the target's own origin, as after its name was rebound. */
  readonly page?: string;
  /** By which the target is called. */
  readonly name?: string;
  readonly place?: Place;
  /** Whether what a document can do is tried from there too, if it is for the target. */
  readonly usesDocument?: boolean;
}

/** A server under attack, on a port of this machine. */
type Victim = Pick<PageAttack, 'gets' | 'posts' | 'sockets' | 'usesDocument'> & {
  readonly what: string;
  readonly port: number;
};

/** What a page of the target's own origin may read: that it is refused. The second is Chrome's own. */
const refusal = /"error":"forbidden_(host|origin)"|Host header is specified and is not an IP address/;

/** Ways that Chrome itself stops, and three that it goes only when it sees fit: they are tried, and need not arrive. */
const stoppedByChrome =
  /same-origin|^(PUT|DELETE|PATCH|OPTIONS) no-cors$|^(speculation|window|refreshed frame)$/;

const brokerPaths = {
  gets: scaled(
    ['/status', '/reaped', '/events', '/metrics', '/openapi.json', '/acquire?holder=page', '/release?slot=0'],
    ['/status'],
  ),
  posts: scaled(['/acquire', '/revoke', '/pool/add', '/pool/remove', '/mcp'], ['/acquire']),
  sockets: ['/mcp', '/events'],
  usesDocument: true,
};
// In short only the broker is attacked by all that a document can do, and by one of its names.
const devtoolsPaths = {
  gets: scaled(['/json/version', '/json/list', '/json/new?about:blank', '/json/protocol'], ['/json/list']),
  posts: ['/json/new?about:blank'],
  usesDocument: isFull,
};
const names = ['0.0.0.0', '[::1]', 'localhost.'];
const discoveryPaths = {
  gets: ['/json/version'],
  posts: ['/json/version/'],
  sockets: ['/json/version'],
  usesDocument: isFull,
};

describe('a hostile page in a leased browser', { tags: ['browser'], timeout: 300_000 }, () => {
  let home: EscarpHome;
  let site: HostileSite;
  let devtools: Devtools;
  let broker: Victim;
  let neighbour: Victim;
  let discovery: Victim;
  let open: OpenServer;
  const results: AttackResult[] = [];

  beforeAll(async () => {
    [site, open] = await Promise.all([startHostileSite(), startOpenServer()]);
    home = await makeHomeWithBrowser(2, exampleIsHere, {
      ESCARP_LEASE_TTL_S: '3600',
      ESCARP_CHROME_ARGS: localNetworkOpen,
    });
    await home.escarp('launch-pool');
    // Such load must not be taken for a browser that hangs: what an attack changes has to be the attack's doing.
    await home.escarp('daemon', '--background', '--no-heal');
    const lease = await acquireSlot(home, { holder: 'visitor of hostile pages', slot: 0 });
    devtools = await Devtools.connect(lease.cdpWsUrl);
    broker = { what: 'the broker', port: Number(new URL(await home.url()).port), ...brokerPaths };
    const port = Number((await home.status()).slots[1]?.['cdp_port']);
    neighbour = { what: "a neighbour's CDP port", port, ...devtoolsPaths, sockets: await socketsOf(port) };
    discovery = { what: 'a discovery address', port: await startLazyRun(home), ...discoveryPaths };
  }, 120_000);

  afterAll(async () => {
    devtools?.close();
    open?.close();
    site?.close();
    await home?.remove();
  }, 120_000);

  /** What an attack could have changed; slot 1 is free, for whoever asks to discover it. */
  const traces = async (): Promise<unknown> => {
    const { slots, queue_length: queued } = await home.status();
    const held = slots.map(({ state, holder, pid }) => ({ state, holder, pid }));
    return { held, queued, tabs: await openTabs(neighbour.port) };
  };

  const attackFrom = async (
    stand: Stand,
    victim: Victim,
    beforeLeaving: (loot: PageLoot) => Promise<void> = async () => {},
  ): Promise<PageLoot> => {
    const target = `http://${stand.name ?? '127.0.0.1'}:${victim.port}`;
    const { gets, posts, sockets, usesDocument } = victim;
    const page =
      stand.page === undefined
        ? await BareTab.openDocumentAt(devtools, `${target}/hostile`, hostileDocument)
        : await BareTab.open(devtools, stand.page);
    const accomplice = `http://localhost:${site.port}`;
    const attack = {
      target,
      gets,
      posts,
      sockets,
      accomplice,
      usesDocument: usesDocument && stand.usesDocument !== false,
    };
    const loot = await (stand.place ?? inPage)(page, attack);
    await beforeLeaving(loot);
    await page.close();
    return loot;
  };

  /** All victims are attacked at once, each from a page of its own. */
  const expectNothingFrom = async (from: string, stand: Stand, victims: readonly Victim[]): Promise<void> => {
    const before = await traces();
    const { revision } = await home.status();
    const loots = await Promise.all(victims.map((victim) => attackFrom(stand, victim)));
    const read = loots.flatMap((loot) => loot.read);
    const stolen = read.filter((text) => !refusal.test(text));
    for (const [at, { tried, read: texts }] of loots.entries())
      results.push({
        attack: `${from}, to ${victims[at]?.what}`,
        attempts: tried,
        gotThrough: texts.filter((text) => stolen.includes(text)).length,
      });
    expect(stolen).toEqual([]);
    await expect.poll(traces).toEqual(before);
    expect((await eventsSince(home, Number(revision))).filter((type) => !watchEvents.has(type))).toEqual([]);
    // A page of the target's own origin reads at least that it is refused, so its requests do arrive.
    if (stand.page === undefined) for (const loot of loots) expect(loot.read.length).toBeGreaterThan(10);
  };

  /** Each way must get there where nothing is guarded, but for those that Chrome itself stops. */
  const expectAllReach = async (stand: Stand): Promise<void> => {
    open.reached.clear();
    const openServer = { what: 'an open server', port: open.port, ...brokerPaths };
    const paths = [
      ...brokerPaths.posts.map((path) => `POST ${path}`),
      ...brokerPaths.sockets.map((path) => `WebSocket ${path}`),
    ];
    const { read } = await attackFrom(stand, openServer, async ({ ways }) => {
      const wanted = [...ways.filter((way) => !stoppedByChrome.test(way)), ...paths];
      // Requests wait for each other in the browser, and end with their page.
      await expect.poll(() => wanted.filter((one) => !open.reached.has(one))).toEqual([]);
    });
    expect(read.length).toBeGreaterThan(10);
  };

  const everywhere = (): Victim[] => [broker, neighbour, discovery];

  describe.each([
    {
      from: 'page of http://localhost',
      stand: () => ({ page: `http://localhost:${site.port}/` }),
    },
    {
      from: 'page of another port of 127.0.0.1',
      // In short a document is not tried again from a page that is another origin of this machine, like the one before.
      stand: () => ({ page: `http://127.0.0.1:${site.port}/`, name: 'localhost', usesDocument: isFull }),
    },
    {
      from: 'page of a public name',
      stand: () => ({ page: `http://evil.example:${site.port}/` }),
    },
    {
      from: 'page of a name rebound to the target',
      stand: () => ({ name: 'rebound.example' }),
    },
    {
      from: 'data: frame',
      stand: () => ({ page: `http://localhost:${site.port}/`, place: inDataFrame }),
    },
    {
      from: 'sandboxed frame',
      stand: () => ({ page: `http://localhost:${site.port}/`, place: inSandboxedFrame }),
    },
    {
      from: 'service worker',
      stand: () => ({ page: `http://localhost:${site.port}/`, place: inServiceWorker }),
    },
  ])('as $from', ({ from, stand }) => {
    it('reads nothing and changes nothing', () => expectNothingFrom(from, stand(), everywhere()));
    it('gets its way with a server that guards nothing', () => expectAllReach(stand()));
  });

  it('that somebody once served from the very port reads refusals and nothing else', () =>
    expectNothingFrom("page of the target's own origin", {}, [broker, discovery]));

  it('gets nowhere by another name of this machine', async () => {
    const few = {
      gets: ['/acquire?holder=page'],
      posts: ['/acquire'],
      sockets: ['/mcp'],
      usesDocument: isFull,
    };
    const page = `http://evil.example:${site.port}/`;
    for (const name of names)
      await expectNothingFrom(`page that calls this machine ${name}`, { page, name }, [
        { ...broker, ...few },
      ]);
  });

  it('would control a neighbour by its sockets, had it the origin of its DevTools port, which no page has', async () => {
    const { read } = await attackFrom({}, { ...neighbour, gets: [], posts: [] });
    expect(read).toEqual(neighbour.sockets.map(() => 'WebSocket: opened'));
  });

  it('is published with its counts', () =>
    expectPublished('hostile-pages', 'Pages in a leased browser', results));
});

/** What the watch over browsers says of one that is slow to answer, as all are on a busy machine. */
const watchEvents = new Set(['resource-lost', 'resource-restarted', 'resource-starting', 'resource-free']);

/** Types of all that happened after a revision. */
async function eventsSince(home: EscarpHome, revision: number): Promise<string[]> {
  const latest = Number((await home.status())['revision']);
  if (latest === revision) return [];
  const stop = new AbortController();
  const { body } = await fetch(`${await home.url()}/events?from=${revision + 1}`, { signal: stop.signal });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(`id: ${latest}\n`)) break;
  }
  stop.abort();
  return [...text.matchAll(/"type":"([\w-]+)"/g)].map(([, type = '']) => type);
}

/** A command that waits with an address that leases at the first question, which it never asks. */
async function startLazyRun(home: EscarpHome): Promise<number> {
  const tell = 'console.log(process.argv[1]); process.stdin.resume()';
  const run = home.start(['escarp', 'run', '--lazy', '--slot', '1', '--', 'node', '-e', tell, '{cdp_http}']);
  const [address] = await run.until(/http:\S+/);
  return Number(new URL(address).port);
}
