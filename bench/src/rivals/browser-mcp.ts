import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { chromium } from 'playwright-core';
import type { BareBrowser } from '../subjects/bare-browser.js';
import { escarpPath } from '../subjects/escarp-program.js';
import type { Contender } from './contender.js';

export interface BrowserMcp {
  readonly name: string;
  readonly package: string;
  /** Path of its program within its package. */
  readonly program: string;
  readonly navigate: string;
  /** Arguments to launch a browser of its own, in a profile of its own. */
  cold(browser: string): string[];
  /** Arguments to use the browser at this address. */
  at(address: string): string[];
}

export const playwrightMcp: BrowserMcp = {
  name: '@playwright/mcp',
  package: '@playwright/mcp',
  program: 'cli.js',
  navigate: 'browser_navigate',
  cold: (browser) => ['--headless', '--isolated', '--no-sandbox', '--executable-path', browser],
  at: (address) => ['--cdp-endpoint', address],
};

export const chromeDevtoolsMcp: BrowserMcp = {
  name: 'chrome-devtools-mcp',
  package: 'chrome-devtools-mcp',
  program: 'build/src/bin/chrome-devtools-mcp.js',
  navigate: 'new_page',
  cold: (browser) => [
    '--no-usage-statistics',
    '--headless',
    '--isolated',
    '--chromeArg=--no-sandbox',
    '--executablePath',
    browser,
  ],
  at: (address) => ['--no-usage-statistics', `--browser-url=${address}`],
};

/** Where an outside program runs: with this environment, in a folder that it may fill. */
export interface Surroundings {
  readonly env: Record<string, string>;
  readonly cwd: string;
}

/** The server as published, started for the task, launching its own browser. */
export function coldMcp(mcp: BrowserMcp, browser: string, surroundings: Surroundings): Contender {
  const open = opener([programOf(mcp), ...mcp.cold(browser)], mcp, surroundings);
  return { name: `${mcp.name} cold`, isOurs: false, open };
}

/** The same server at a browser that somebody has started before, without escarp: what the server takes by itself. */
export function runningMcp(mcp: BrowserMcp, { wsUrl }: BareBrowser, surroundings: Surroundings): Contender {
  const open = opener([programOf(mcp), ...mcp.at(`http://${new URL(wsUrl).host}`)], mcp, surroundings);
  return {
    name: `${mcp.name} at a running browser`,
    isOurs: false,
    isConcurrent: false,
    rival: `${mcp.name} cold`,
    open: async (url) => {
      const page = await open(url);
      return {
        ...page,
        close: async () => {
          await page.close();
          await closePages(wsUrl);
        },
      };
    },
  };
}

/** The server attaches to every page there is, and would take longer each time. */
async function closePages(wsUrl: string): Promise<void> {
  const browser = await chromium.connectOverCDP(wsUrl, { noDefaults: true });
  const [, ...others] = browser.contexts()[0]?.pages() ?? [];
  await Promise.all(others.map((page) => page.close()));
  await browser.close();
}

/** The same server behind `escarp run --lazy`. */
export function leasedMcp(mcp: BrowserMcp, surroundings: Surroundings): Contender {
  const wrapped = [escarpPath, 'run', '--lazy', '--wait', '300', '--', process.execPath, programOf(mcp)];
  const open = opener([...wrapped, ...mcp.at('{cdp_http}')], mcp, surroundings);
  return { name: `${mcp.name} leased`, isOurs: true, rival: `${mcp.name} cold`, open };
}

/** Path of its program. */
export function programOf(mcp: Pick<BrowserMcp, 'package' | 'program'>): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve(`${mcp.package}/package.json`)), mcp.program);
}

function opener(args: string[], mcp: BrowserMcp, { env, cwd }: Surroundings): Contender['open'] {
  return async (url) => {
    const startedAt = performance.now();
    const client = new Client({ name: 'bench', version: '1.0.0' });
    const command = { command: process.execPath, args, env, cwd, stderr: 'ignore' as const };
    await client.connect(new StdioClientTransport(command));
    const startedMs = performance.now() - startedAt;
    const call = { name: mcp.navigate, arguments: { url } };
    const answer = await client.callTool(call, { timeout: 300_000 });
    if (answer.isError === true) throw new Error(`${mcp.name}: ${JSON.stringify(answer.content)}`);
    return { startedMs, close: () => client.close() };
  };
}
