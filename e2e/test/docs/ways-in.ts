import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';
import type { PageSite } from '../../src/page-site.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';
import { readmeCommands } from '../../src/readme-commands.js';

const commands = await readmeCommands('Three ways to use it');

/** The one command that begins so; what the README shows and nobody has tried here fails. */
const untried = new Set(commands);
function shown(beginning: string): string {
  const [command, ...others] = commands.filter((line) => line.startsWith(beginning));
  if (command === undefined || others.length > 0) throw new Error(`The README shows not one ${beginning}.`);
  untried.delete(command);
  return command;
}

export function waysIn(pool: () => PoolAndSite): void {
  describe(
    'the ways in that the README shows, as a user types them',
    { tags: ['browser'], timeout: 180_000 },
    () => {
      let home: EscarpHome;
      let site: PageSite;

      beforeAll(() => void ({ home, site } = pool()));

      const shell = async (command: string): Promise<string> => {
        const { exitCode, stdout, stderr } = await home.run(['sh', '-c', command]);
        if (exitCode !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
        return stdout;
      };

      it('MCP: what is registered with an agent gives it a browser', async () => {
        const settings = join(home.env['HOME'] ?? '', '.claude.json');
        await writeFile(settings, '{}');
        expect(await shell(shown('npx escarp setup'))).toMatch(/escarp_acquire/);
        const { mcpServers }: { mcpServers: Record<string, { command: string; args: string[] }> } =
          JSON.parse(await readFile(settings, 'utf8'));
        const { command = '', args = [] } = mcpServers['escarp'] ?? {};
        const session = await McpSession.connect(stdioTransport(home, [command, ...args]));
        expect(await session.call('escarp_acquire', { wait_s: 60 })).toMatchObject({ isError: false });
        expect(await session.call('escarp_release')).toMatchObject({ structured: { released: true } });
        await session.close();
      });

      it.each([
        ['npx escarp run --lazy -- npx @playwright/mcp', 'browser_navigate', { url: 'SITE' }],
        ['npx escarp run --lazy -- npx chrome-devtools-mcp', 'new_page', { url: 'SITE' }],
      ])('MCP: %s is a browser of one’s own', async (beginning, tool, args) => {
        const session = await McpSession.connect(stdioTransport(home, ['sh', '-c', shown(beginning)]));
        expect(await session.call(tool, { ...args, url: site.url })).toMatchObject({
          isError: false,
          text: expect.stringContaining('Workbench'),
        });
        await session.close();
      });

      it('a command: it drives its slot', async () => {
        const script = `import { chromium } from 'playwright-core';
        const browser = await chromium.connectOverCDP(process.argv[2], { noDefaults: true });
        const [page] = browser.contexts()[0].pages();
        await page.goto('${site.url}');
        console.log(await page.title(), process.argv[2] === process.env.ESCARP_CDP_WS_URL);
        await browser.close();`;
        await writeFile(join(home.project, 'script.js'), script);
        await writeFile(join(home.project, 'package.json'), '{ "name": "project", "type": "module" }');
        expect(await shell(shown('npx escarp run -- '))).toBe('Workbench true\n');
      });

      it('HTTP: acquire, renew, drive, release', async () => {
        const daemon = new URL(await home.url()).host.replace('127.0.0.1', 'localhost');
        const say = async (route: string, token = ''): Promise<Json> => {
          const command = shown(`curl -s localhost:7878/${route}`);
          return JSON.parse(await shell(command.replace('localhost:7878', daemon).replace('…', token)));
        };
        const lease = await say('acquire');
        expect(lease).toMatchObject({
          holder: 'me',
          state: 'leased',
          cdp_ws_url: expect.stringMatching(/^ws:/),
        });
        const token = String(lease['lease_token']);
        const renewed = await say('heartbeat', token);
        expect(Number(renewed['expires_at'])).toBeGreaterThan(Number(lease['expires_at']));
        const page = await fetch(`${String(lease['cdp_http_url'])}/json/new?${site.url}`, { method: 'PUT' });
        expect(await page.json()).toMatchObject({ url: site.url });
        expect(await say('release', token)).toMatchObject({ slot: lease['slot'], state: 'free' });
      });

      it('are all tried here', () => {
        expect([...untried]).toEqual([]);
      });
    },
  );
}
