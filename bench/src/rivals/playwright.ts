import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Contender } from './contender.js';

export const launchName = 'chromium.launch';

/** A browser launched for each task, as most people do it. */
export function playwrightLaunch(executablePath: string): Contender {
  return {
    name: launchName,
    isOurs: false,
    open: async (url) => {
      const browser = await chromium.launch({ executablePath });
      const page = await browser.newPage();
      await page.goto(url);
      return { close: () => browser.close() };
    },
  };
}

/** The same with a profile on disk. */
export function playwrightPersistent(executablePath: string): Contender {
  return {
    name: 'launchPersistentContext',
    isOurs: false,
    open: async (url) => {
      const profile = await mkdtemp(join(tmpdir(), 'escb-'));
      const context = await chromium.launchPersistentContext(profile, { executablePath });
      const [page = await context.newPage()] = context.pages();
      await page.goto(url);
      return {
        close: async () => {
          await context.close();
          await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
        },
      };
    },
  };
}
