import { randomUUID } from 'node:crypto';
import { createSlotPool } from '@escarp/slot-pool';
import type { DevtoolsConnection, SlotPool } from '@escarp/slot-pool';
import { freePorts, makeTempHome } from '@escarp/test-support';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** A slot's browser, which a holder drives with Playwright while the pool has a connection of its own. */
export interface BrowserFixture {
  readonly pool: SlotPool;
  readonly devtools: () => Promise<DevtoolsConnection>;
  readonly holder: () => Promise<{ browser: Browser; page: Page }>;
  /** That of the next holder: a recycled browser. */
  readonly recycle: () => Promise<void>;
  readonly firstTab: () => string | null;
  readonly end: () => Promise<void>;
}

/** A headless slot with these arguments, in a state directory of its own. */
export async function launchBrowser(extraArgs: readonly string[]): Promise<BrowserFixture> {
  const temp = await makeTempHome();
  const port = await freePorts(1);
  const pool = createSlotPool({
    home: temp.path,
    shortTmp: temp.path,
    host: { platform: process.platform === 'darwin' ? 'darwin' : 'linux', isRoot: process.getuid?.() === 0 },
    ports: { now: Date.now, monotonicMs: () => performance.now(), newId: randomUUID, log: () => {} },
    specOf: (index) => ({
      index,
      port: port + index,
      tier: 'autonomous',
      headless: true,
      binary: process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium',
      wmClass: 'escarp-slot0',
      bounds: { left: 0, top: 0, width: 1200, height: 800 },
      extraArgs,
      env: { PATH: process.env['PATH'] ?? '', HOME: temp.path },
    }),
  });
  await pool.launch(0);
  return {
    pool,
    devtools: () => pool.connect(0),
    holder: async () => {
      const browser = await chromium.connectOverCDP(pool.facts(0)?.cdpWsUrl ?? '', { noDefaults: true });
      const page = browser.contexts()[0]?.pages()[0];
      if (page === undefined) throw new Error('The slot has no page.');
      return { browser, page };
    },
    recycle: async () => void (await pool.reset(0, 'recycle', { deadlineMs: 20_000 })),
    firstTab: () => pool.facts(0)?.cdpTargetId ?? null,
    end: async () => {
      await pool.stop(0);
      await pool.close();
      await temp.remove();
    },
  };
}
