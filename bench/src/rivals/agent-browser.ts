import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runNode } from '../subjects/escarp-program.js';
import type { Contender } from './contender.js';

/** The command line as published, with a session, and so a browser, for each task. */
export function agentBrowser(browser: string, env: Record<string, string>): Contender {
  const require = createRequire(import.meta.url);
  const program = join(dirname(require.resolve('agent-browser/package.json')), 'bin/agent-browser.js');
  const own = { ...env, AGENT_BROWSER_EXECUTABLE_PATH: browser, AGENT_BROWSER_ARGS: '--no-sandbox' };
  return {
    name: 'agent-browser cold',
    isOurs: false,
    open: async (url) => {
      const session = ['--session', `bench-${randomUUID().slice(0, 8)}`];
      await runNode([program, ...session, 'open', url], own);
      return { close: async () => void (await runNode([program, ...session, 'close'], own)) };
    },
  };
}
