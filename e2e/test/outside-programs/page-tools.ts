import type { Tool } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { closedAfterEach } from '../../src/kept-sessions.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import type { PageSite } from '../../src/page-site.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';

/** What a model does with one of the browser MCP servers that others publish, on the lease it names. */
interface BrowserServer {
  readonly name: string;
  visit(session: McpSession, url: string, lease?: unknown): Promise<void>;
  /** The open tabs, as text. */
  tabs(session: McpSession, lease?: unknown): Promise<string>;
}

const playwright: BrowserServer = {
  name: 'playwright',
  visit: async (session, url, lease) => succeed(session, 'browser_navigate', { url, lease }),
  tabs: async (session, lease) => (await session.call('browser_tabs', { action: 'list', lease })).text,
};

const devtools: BrowserServer = {
  name: 'devtools',
  visit: async (session, url, lease) => {
    const pageId = Number(/(\d+):/.exec(await devtools.tabs(session, lease))?.[1]);
    await succeed(session, 'navigate_page', { pageId, type: 'url', url, lease });
  },
  tabs: async (session, lease) => (await session.call('list_pages', { lease })).text,
};

const agentBrowser: BrowserServer = {
  name: 'agent-browser',
  visit: async (session, url, lease) => succeed(session, 'agent_browser_open', { url, lease }),
  tabs: async (session, lease) => (await session.call('agent_browser_tab_list', { lease })).text,
};

/** In short, what escarp does alike for every server is tried with the first. */
const isWhole = ({ name }: BrowserServer): boolean =>
  name === playwright.name || process.env['ESCARP_LONG'] === '1';

async function succeed(session: McpSession, tool: string, args: Record<string, unknown>): Promise<void> {
  const { isError, text } = await session.call(tool, args);
  if (isError) throw new Error(`${tool}: ${text}`);
}

export function pageToolsOfOthers(pool: () => PoolAndSite): void {
  describe('escarp mcp --browser', { tags: ['browser'], timeout: 180_000 }, () => {
    let home: EscarpHome;
    let site: PageSite;
    const sessions = closedAfterEach(() => home);

    beforeAll(() => void ({ home, site } = pool()));

    describe.each([playwright, devtools, agentBrowser])('$name', (server) => {
      const connect = async (...options: string[]): Promise<McpSession> => {
        const command = ['escarp', 'mcp', '--browser', server.name, ...options];
        const session = await McpSession.connect(stdioTransport(home, command));
        sessions.push(session);
        return session;
      };

      describe('in one session', () => {
        let session: McpSession;
        beforeAll(async () => {
          session = await McpSession.connect(
            stdioTransport(home, ['escarp', 'mcp', '--browser', server.name]),
          );
        }, 120_000);
        afterAll(async () => session.close(), 120_000);

        it('has the tools of both under their own names, and leases nothing for that', async () => {
          const { tools } = await session.client.listTools();
          const names = tools.map(({ name }) => name);
          expect(names.slice(0, 3)).toEqual(['escarp_acquire', 'escarp_status', 'escarp_release']);
          expect(names.length).toBeGreaterThan(10);
          for (const { inputSchema } of tools.slice(3))
            expect(inputSchema.properties).toHaveProperty('lease');
          expect(await home.leased()).toEqual([]);
        });

        it('lets two subagents drive two pages at once, neither of which sees the tabs of the other', async () => {
          const one = await acquire(session, 'one');
          const two = await acquire(session, 'two');
          await Promise.all([
            server.visit(session, `${site.url}one`, one['lease']),
            server.visit(session, `${site.url}two`, two['lease']),
          ]);
          const seen = await Promise.all([
            server.tabs(session, one['lease']),
            server.tabs(session, two['lease']),
          ]);
          expect(seen[0]).toContain('/one');
          expect(seen[0]).not.toContain('/two');
          expect(seen[1]).toContain('/two');
          expect(seen[1]).not.toContain('/one');
          const unnamed = await session.call(toolOf(server), {});
          expect(unnamed.structured).toMatchObject({ error: 'which_lease' });
          await session.call('escarp_release', { lease: one['lease'] });
          const ended = await session.call(toolOf(server), { lease: one['lease'] });
          expect(ended.structured).toMatchObject({ error: 'lease_ended' });
          expect(await server.tabs(session, two['lease'])).toContain('/two');
          await session.call('escarp_release', { lease: two['lease'] });
        });
      });

      it.runIf(isWhole(server))(
        'never touches the browser again of which an operator ended the lease, and says so once',
        async () => {
          const session = await connect();
          await server.visit(session, `${site.url}first`);
          const [slot] = await home.leased();
          await home.post('/revoke', { slot });
          const next = await connect();
          const { structured } = await next.call('escarp_acquire', { wait_s: 60, slot });
          await server.visit(next, `${site.url}second`, structured['lease']);
          const refused = await session.call(toolOf(server), {});
          expect(refused.structured).toMatchObject({ error: 'lease_ended' });
          expect(await server.tabs(session)).not.toContain('/second');
          expect(await server.tabs(next)).toContain('/second');
        },
      );

      it.runIf(isWhole(server))(
        'acquires a lease for a call that has none, and gives it back when it is idle',
        async () => {
          const journal = await home.journal();
          const session = await connect('--idle-release', '0.05');
          await server.visit(session, `${site.url}lazy`);
          const granted = await journal.until({ type: 'lease-granted' });
          await journal.until({ type: 'lease-ended', how: 'released' }, granted);
          await home.settled();
          // Between the two it may be idle for too long once more, on a busy machine.
          const tabsAgain = async (): Promise<string> => {
            await server.visit(session, `${site.url}again`);
            return server.tabs(session);
          };
          await expect.poll(tabsAgain, { timeout: 90_000 }).toContain('/again');
        },
      );

      it.runIf(isWhole(server))('refuses such a call with --no-lazy', async () => {
        const session = await connect('--no-lazy');
        const { isError, structured } = await session.call(toolOf(server), {});
        expect(isError).toBe(true);
        expect(structured).toMatchObject({ error: 'which_lease' });
        expect(await home.leased()).toEqual([]);
      });
    });

    const listed = async (...command: string[]): Promise<Tool[]> => {
      const session = await McpSession.connect(stdioTransport(home, command));
      const { tools } = await session.client.listTools();
      await session.close();
      return tools;
    };

    it('has a tool list that takes at most 5 % more of what a model reads than that of the page server alone', async () => {
      const alone = await listed('playwright-mcp');
      const composed = await listed('escarp', 'mcp', '--browser', 'playwright');
      expect(composed.slice(4).map(({ name }) => name)).toEqual(alone.map(({ name }) => name));
      expect(tokens(composed) / tokens(alone)).toBeLessThanOrEqual(1.05);
    });
  });
}

/** What a model is shown of tools: name, description and input schema. Four characters count as a token. */
const tokens = (tools: readonly Tool[]): number =>
  tools.reduce(
    (sum, { name, description, inputSchema }) =>
      sum + JSON.stringify({ name, description, inputSchema }).length / 4,
    0,
  );

const acquire = async (session: McpSession, agent: string) =>
  (await session.call('escarp_acquire', { wait_s: 60, agent })).structured;

/** A tool that lists tabs. */
function toolOf({ name }: BrowserServer): string {
  const tools: Record<string, string> = {
    playwright: 'browser_tabs',
    devtools: 'list_pages',
    'agent-browser': 'agent_browser_tab_list',
  };
  return tools[name] ?? '';
}
