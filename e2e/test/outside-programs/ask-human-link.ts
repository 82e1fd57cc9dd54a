import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import type { ViewerState } from '@escarp/live-view/wire';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import { stdioTransport } from '../../src/mcp-session.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';
import { ViewerSession } from '../../src/viewer-session.js';

const ages = {
  '2025-11-25': {},
  '2026-07-28': { versionNegotiation: { mode: { pin: '2026-07-28' } } },
} as const;

/** Does what the page behind the link does for a person who presses Done; resolves with the link's secret. */
async function answerAt(url: string, slot: number): Promise<string> {
  const session = await ViewerSession.open(url);
  const asked = async (): Promise<ViewerState['asks']> => {
    const state: ViewerState = JSON.parse(await (await session.get('state')).text());
    return state.asks;
  };
  await expect.poll(async () => (await asked()).length).toBe(1);
  const [ask] = await asked();
  expect(ask).toMatchObject({ slot, reason: 'a captcha', instructions: 'solve it' });
  const answer = await session.post(`asks/${ask?.id}`, { outcome: 'done', note: 'solved' });
  expect(answer.status).toBe(200);
  return session.secret;
}

export function clientsThatShowLinks(pool: () => PoolAndSite): void {
  describe('an agent that asks a person, through a client that shows links', { tags: ['browser'] }, () => {
    let home: EscarpHome;

    beforeAll(() => void ({ home } = pool()));

    /** Everything that is written down, by whichever program, but for what browsers keep. */
    const written = async (): Promise<string> => {
      const folders = ['.', 'journal', 'logs', 'run'].map((name) => join(home.path, name));
      const files = await Promise.all(folders.map((folder) => readdir(folder, { withFileTypes: true })));
      const own = files.flat().filter((file) => file.isFile());
      const texts = own.map(({ parentPath, name }) =>
        readFile(join(parentPath, name), 'utf8').catch(() => ''),
      );
      return (await Promise.all(texts)).join('\n');
    };

    const transports: Record<string, () => Promise<Transport>> = {
      stdio: async () => stdioTransport(home, ['escarp', 'mcp']),
      // The viewer that the command line has started before.
      HTTP: async () => {
        await home.escarp('view');
        return new StreamableHTTPClientTransport(new URL(`${await home.url()}/mcp`));
      },
    };

    it.each([
      ['2025-11-25', 'stdio'],
      ['2026-07-28', 'stdio'],
      ['2025-11-25', 'HTTP'],
      ['2026-07-28', 'HTTP'],
    ] as const)('is answered at the link (MCP %s over %s), which is written nowhere', async (age, over) => {
      const capabilities = { elicitation: { url: {} } };
      const client = new Client({ name: 'agent', version: '1' }, { ...ages[age], capabilities });
      let secret = '';
      let granted = { lease: '', slot: -1 };
      client.setRequestHandler('elicitation/create', async ({ params }) => {
        expect(params.mode).toBe('url');
        secret = 'url' in params ? await answerAt(params.url, granted.slot) : '';
        return { action: 'accept' };
      });
      await client.connect(await transports[over]!());
      const { structuredContent: answer } = await client.callTool({
        name: 'escarp_acquire',
        arguments: { wait_s: 60 },
      });
      granted = JSON.parse(JSON.stringify(answer));
      const { lease } = granted;
      const question = { lease, reason: 'a captcha', instructions: 'solve it' };
      const { structuredContent, content } = await client.callTool({
        name: 'escarp_ask_human',
        arguments: question,
      });
      expect(structuredContent).toMatchObject({ outcome: 'done', note: 'solved' });
      await client.callTool({ name: 'escarp_release', arguments: { lease } });
      await client.close();
      expect(secret).toMatch(/^[\w-]{40,}$/);
      const everything = await written();
      expect(everything).toContain('a captcha');
      expect(`${JSON.stringify(content)}${everything}`).not.toContain(secret);
    });
  });
}
