import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { pageServers } from '../../src/escarp-home.js';
import { halfClosed } from '../../src/half-closed.js';
import { closedAfterEach } from '../../src/kept-sessions.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import type { PageSite } from '../../src/page-site.js';
import { type PoolAndSite, startPoolAndSite } from '../../src/pool-and-site.js';

/** What a model does with one of the browser MCP servers that others publish. */
interface BrowserServer {
  /** Of its package. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What it lets the model know of a refusal. */
  readonly refusal: RegExp;
  visit(session: McpSession, url: string): Promise<void>;
  /** The accessibility tree of the page, as text. */
  read(session: McpSession): Promise<string>;
  press(session: McpSession, tree: string): Promise<void>;
}

const playwright: BrowserServer = {
  name: '@playwright/mcp',
  program: 'playwright-mcp',
  args: ['--cdp-endpoint', '{cdp_http}'],
  refusal: /status 409/,
  visit: async (session, url) => succeed(session, 'browser_navigate', { url }),
  read: async (session) => (await session.call('browser_snapshot')).text,
  press: async (session, tree) => {
    const target = /button "Press me".*\[ref=(\w+)\]/.exec(tree)?.[1];
    await succeed(session, 'browser_click', { element: 'the button', target });
  },
};

const devtools: BrowserServer = {
  name: 'chrome-devtools-mcp',
  program: 'chrome-devtools-mcp',
  args: ['--browser-url={cdp_http}', '--no-usage-statistics'],
  refusal: /Every slot is leased/,
  visit: async (session, url) => {
    const pageId = await firstPage(session);
    await succeed(session, 'navigate_page', { pageId, type: 'url', url });
  },
  read: async (session) => {
    const { text } = await session.call('take_snapshot', { pageId: await firstPage(session) });
    return text;
  },
  press: async (session, tree) => {
    const uid = /uid=(\w+) button "Press me"/.exec(tree)?.[1];
    await succeed(session, 'click', { pageId: await firstPage(session), uid });
  },
};

/** In short, what escarp does alike for every server is tried with the first. */
const isWhole = ({ name }: BrowserServer): boolean =>
  name === playwright.name || process.env['ESCARP_LONG'] === '1';

export function mcpServersOfOthers(pool: () => PoolAndSite): void {
  describe('behind escarp run --lazy', { tags: ['browser'], timeout: 180_000 }, () => {
    let home: EscarpHome;
    let site: PageSite;
    const sessions = closedAfterEach(() => home);
    beforeAll(() => void ({ home, site } = pool()));

    const kept = async (connecting: Promise<McpSession>): Promise<McpSession> => {
      const session = await connecting;
      sessions.push(session);
      return session;
    };
    const hold = async (holder: string): Promise<unknown> => {
      const { body } = await home.post('/acquire', { holder, wait_s: 60, ttl_s: 300 });
      return body['lease_token'];
    };

    describe.each([playwright, devtools])('$name', (server) => {
      const connect = async (...options: string[]): Promise<McpSession> =>
        kept(connectTo(home, server, [...options, '--', server.program]));
      /** As their documentation has it; npx takes a processor for a second. */
      const connectByNpx = async (): Promise<McpSession> =>
        kept(connectTo(home, server, ['--', 'npx', server.name]));

      it('holds no slot before a tool needs a browser, works, and gives the slot back when its client goes', async () => {
        const journal = await home.journal();
        const session = await connectByNpx();
        expect((await session.client.listTools()).tools.length).toBeGreaterThan(10);
        expect(await home.leased()).toEqual([]);
        await server.visit(session, site.url);
        expect(await home.leased()).toHaveLength(1);
        const tree = await server.read(session);
        expect(tree).toMatch(/not pressed/);
        await server.press(session, tree);
        expect(await server.read(session)).toMatch(/pressed 1/);
        await session.close();
        await journal.until({ type: 'lease-ended', how: 'released' });
        expect(await home.leased()).toEqual([]);
      });

      it.runIf(isWhole(server))('gives two clients at once a browser each', async () => {
        const [one, two] = await Promise.all([connect(), connect()]);
        await Promise.all([server.visit(one, `${site.url}one`), server.visit(two, `${site.url}two`)]);
        expect(await home.leased()).toEqual([0, 1]);
        await server.press(one, await server.read(one));
        const trees = await Promise.all([server.read(one), server.read(two)]);
        expect(trees[0]).toMatch(/\/one/);
        expect(trees[0]).toMatch(/pressed 1/);
        expect(trees[1]).toMatch(/\/two/);
        expect(trees[1]).toMatch(/not pressed/);
      });

      it('is refused while every slot is leased, and has one as soon as one is free', async () => {
        const leases = [await hold('one'), await hold('two')];
        const session = await connect('--wait', '0');
        await expect(server.visit(session, site.url)).rejects.toThrow(server.refusal);
        const journal = await home.journal();
        await Promise.all(leases.map(async (token) => home.post('/release', { lease_token: token })));
        await journal.until({ type: 'resource-free' });
        await server.visit(session, site.url);
        expect(await home.leased()).toHaveLength(1);
      });

      it.runIf(isWhole(server))(
        'works on when its browser died and was healed, under the same lease',
        async () => {
          const session = await connect();
          await server.visit(session, site.url);
          const before = (await home.status()).slots.find(({ state }) => state === 'leased');
          const journal = await home.journal();
          process.kill(Number(before?.['pid']), 'SIGKILL');
          await journal.until({ type: 'resource-restarted' });
          await server.visit(session, `${site.url}after`);
          expect(await server.read(session)).toMatch(/\/after/);
          const after = (await home.status()).slots.find(({ state }) => state === 'leased');
          expect(after).toMatchObject({ slot: before?.['slot'], fence: before?.['fence'] });
          expect(after?.['pid']).not.toBe(before?.['pid']);
        },
      );
    });
  });
}

/** On a pool of their own, whose slot has another browser afterwards. */
export function mcpServersOnRecycledSlot(): void {
  describe('behind escarp run --lazy whose slot is recycled', { tags: ['browser'], timeout: 180_000 }, () => {
    let home: EscarpHome;
    let site: PageSite;
    let remove: PoolAndSite['remove'];
    const sessions = closedAfterEach(() => home);

    beforeAll(
      async () => void ({ home, site, remove } = await startPoolAndSite(1, {}, pageServers)),
      120_000,
    );
    afterAll(() => remove(), 120_000);

    describe.each([playwright, devtools])('$name', (server) => {
      it.runIf(isWhole(server))(
        'gives its slot back when the chat is idle, and the next tool call has a clean one',
        async () => {
          const journal = await home.journal();
          const session = await connectTo(home, server, ['--idle-release', '0.1', '--', server.program]);
          sessions.push(session);
          await chatting(session, server.visit(session, site.url));
          const held = (await home.status()).slots.find(({ state }) => state === 'leased');
          const ended = await journal.until({ type: 'lease-ended', how: 'released' });
          await journal.until({ type: 'resource-free' }, ended);
          // Its browser ended well before the slot was free again, but a busy machine may not have let the server read that.
          await expect.poll(async () => halfClosed(Number(held?.['cdp_port'])), { timeout: 60_000 }).toBe(0);
          await chatting(session, server.visit(session, `${site.url}again`));
          expect(await chatting(session, server.read(session))).toMatch(/\/again[^]*not pressed/);
        },
      );
    });
  });
}

async function connectTo(
  home: EscarpHome,
  { args }: BrowserServer,
  words: readonly string[],
): Promise<McpSession> {
  const command = ['escarp', 'run', '--lazy', ...words, ...args];
  return McpSession.connect(stdioTransport(home, command));
}

/** On a busy machine one tool call can take longer than the silence we chose; a client that pings is not silent. */
async function chatting<T>({ client }: McpSession, work: Promise<T>): Promise<T> {
  const talk = setInterval(() => void client.ping().catch(() => {}), 500);
  try {
    return await work;
  } finally {
    clearInterval(talk);
  }
}

async function succeed(session: McpSession, tool: string, args: Record<string, unknown>): Promise<void> {
  const { isError, text } = await session.call(tool, args);
  if (isError) throw new Error(`${tool}: ${text}`);
}

async function firstPage(session: McpSession): Promise<number> {
  const { isError, text } = await session.call('list_pages');
  if (isError) throw new Error(`list_pages: ${text}`);
  return Number(/^(\d+): /m.exec(text)?.[1]);
}
