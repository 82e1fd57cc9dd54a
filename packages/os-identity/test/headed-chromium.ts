import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LaunchPreparation, SlotBrowser } from '../src/index.js';
import { Devtools } from '@escarp/test-support';

/** A headed browser of a slot, started as the pool would start it. */
export type HeadedChromium = {
  facts: () => Promise<SlotBrowser>;
  cdp: Devtools;
  /** The session of the slot's first page. */
  page: string;
  targetId: string;
  show: (html: string) => Promise<void>;
  evaluate: (expression: string) => Promise<unknown>;
  close: () => Promise<void>;
};

export const chromiumPath = existsSync('/usr/lib/chromium/chromium')
  ? '/usr/lib/chromium/chromium'
  : 'chromium';

export async function startChromium(
  preparation: LaunchPreparation,
  directory: string,
): Promise<HeadedChromium> {
  await mkdir(join(directory, 'tmp'), { recursive: true });
  const child = spawn(preparation.executablePath, chromeArguments(preparation, directory), {
    env: environmentOf(preparation, join(directory, 'tmp')),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const cdp = await Devtools.connect(await devtoolsUrl(child));
  const targetId = await firstPage(cdp);
  const { sessionId: page } = await cdp.send<{ sessionId: string }>('Target.attachToTarget', {
    targetId,
    flatten: true,
  });
  const evaluate = async (expression: string) => {
    const { result } = await cdp.send<{ result: { value: unknown } }>(
      'Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true },
      page,
    );
    return result.value;
  };
  return {
    facts: async () => factsOf(child, cdp, targetId),
    cdp,
    page,
    targetId,
    evaluate,
    show: async (html) => show(cdp, page, html),
    close: async () => {
      cdp.close();
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function chromeArguments(preparation: LaunchPreparation, directory: string): string[] {
  return [
    ...preparation.arguments,
    '--remote-debugging-port=0',
    `--user-data-dir=${join(directory, 'profile')}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--password-store=basic',
    'about:blank',
  ];
}

function environmentOf(preparation: LaunchPreparation, temporary: string): NodeJS.ProcessEnv {
  const merged = { ...process.env, ...preparation.environment, TMPDIR: temporary };
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== null),
  ) as NodeJS.ProcessEnv;
}

async function devtoolsUrl(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr! })) {
    const url = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      child.stderr?.resume();
      return url;
    }
    said.push(line);
  }
  throw new Error(`Chromium did not start: ${said.slice(-5).join(' | ')}`);
}

async function firstPage(cdp: Devtools): Promise<string> {
  const { targetInfos } = await cdp.send<{ targetInfos: { type: string; targetId: string }[] }>(
    'Target.getTargets',
  );
  const page = targetInfos.find(({ type }) => type === 'page');
  if (page !== undefined) return page.targetId;
  const { targetId } = await cdp.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  return targetId;
}

async function factsOf(child: ChildProcess, cdp: Devtools, targetId: string): Promise<SlotBrowser> {
  type Window = { windowId: number; bounds: { left: number; top: number; width: number; height: number } };
  const { windowId, bounds } = await cdp.send<Window>('Browser.getWindowForTarget', { targetId });
  const { left, top, width, height } = bounds;
  return {
    pid: child.pid!,
    headless: false,
    cdp: { windowId, targetId, bounds: { x: left, y: top, width, height } },
  };
}

async function show(cdp: Devtools, page: string, html: string): Promise<void> {
  await cdp.send('Page.enable', {}, page);
  const loaded = cdp.next('Page.loadEventFired', page);
  await cdp.send('Page.navigate', { url: `data:text/html,${encodeURIComponent(html)}` }, page);
  await loaded;
}
