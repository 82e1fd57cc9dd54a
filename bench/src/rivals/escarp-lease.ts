import type { Client } from '@escarp/transport';
import { chromium } from 'playwright-core';
import type { Contender } from './contender.js';

/** A leased slot, driven by the same library; it waits in the queue if every slot is leased. */
export function escarpLease(client: Client, rival: string): Contender {
  return {
    name: 'escarp lease',
    isOurs: true,
    rival,
    open: async (url) => {
      const { leaseToken, cdpWsUrl } = await client.acquire({ holder: 'bench', waitS: 300 });
      const browser = await chromium.connectOverCDP(cdpWsUrl ?? '', { noDefaults: true });
      const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage();
      await page.goto(url);
      return {
        close: async () => {
          await browser.close();
          await client.release({ leaseToken, noWait: true });
        },
      };
    },
  };
}
