import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Client } from '@escarp/transport';
import { runNode } from '../subjects/escarp-program.js';
import type { Contender } from './contender.js';

const coldName = 'agent-browser cold';

/** The command line as published, with a session, and so a browser, for each task. */
export function agentBrowser(browser: string, env: Record<string, string>): Contender {
  const own = { ...env, AGENT_BROWSER_EXECUTABLE_PATH: browser, AGENT_BROWSER_ARGS: '--no-sandbox' };
  return { name: coldName, isOurs: false, open: (url) => openPage([], own, url) };
}

/** The same command line, told the address of a leased slot. */
export function leasedAgentBrowser(client: Client, env: Record<string, string>): Contender {
  return {
    name: 'agent-browser leased',
    isOurs: true,
    rival: coldName,
    open: async (url) => {
      const { leaseToken, cdpWsUrl } = await client.acquire({ holder: 'bench', waitS: 300 });
      const page = await openPage(['--cdp', cdpWsUrl ?? ''], env, url);
      return {
        close: async () => {
          await page.close();
          await client.release({ leaseToken, noWait: true });
        },
      };
    },
  };
}

async function openPage(
  at: readonly string[],
  env: Record<string, string>,
  url: string,
): Promise<{ close(): Promise<void> }> {
  const require = createRequire(import.meta.url);
  const program = join(dirname(require.resolve('agent-browser/package.json')), 'bin/agent-browser.js');
  const session = ['--session', `bench-${randomUUID().slice(0, 8)}`];
  await runNode([program, ...session, ...at, 'open', url], env);
  return { close: async () => void (await runNode([program, ...session, 'close'], env)) };
}
