import type { CDPSession } from 'playwright-core';
import { chromium } from 'playwright-core';
import { withScratch } from '../scratch.js';
import type { Context, Section } from '../section.js';
import { argumentsOf, launchBare } from '../subjects/bare-browser.js';
import { withPage } from '../subjects/page-site.js';

export const click: Section = {
  name: 'click',
  title: 'Per-click overhead: a leased slot beside a browser launched directly with the same arguments',
  measure: (context) =>
    context.lendPool({ slots: 1, browser: context.browser }, ({ client }) =>
      withPage((url) =>
        withScratch(async (folder) => {
          const { pid, cdpWsUrl, leaseToken } = await client.acquire({ holder: 'bench' });
          const args = await argumentsOf(pid ?? 0);
          // Two direct browsers, because how they differ from each other is the noise of this measurement.
          const direct = await launchBare(context.browser, args, `${folder}/direct`);
          const again = await launchBare(context.browser, args, `${folder}/again`);
          try {
            await compare(context, url, [direct.wsUrl, again.wsUrl, cdpWsUrl ?? '']);
          } finally {
            await Promise.all([direct.kill(), again.kill()]);
            await client.release({ leaseToken });
          }
        }),
      ),
    ),
};

interface Driven {
  readonly session: CDPSession;
  click(): Promise<void>;
  close(): Promise<void>;
}

const names = ['launched directly', 'launched directly, once more', 'leased slot'] as const;

async function compare(context: Context, url: string, wsUrls: readonly string[]): Promise<void> {
  const driven = await Promise.all(wsUrls.map((wsUrl) => drive(wsUrl, url)));
  const { effort } = context;
  await measure(context, 'CDP round trip', effort.of(10, 1_000, 10_000), driven, async ({ session }) => {
    await session.send('Runtime.evaluate', { expression: '1' });
  });
  await measure(context, 'page.click', effort.of(2, 30, 200), driven, (page) => page.click());
  await Promise.all(driven.map((page) => page.close()));
}

/** In turns, so that whatever else the machine does meets all of them alike. */
async function measure(
  context: Context,
  what: string,
  times: number,
  driven: readonly Driven[],
  act: (page: Driven) => Promise<void>,
): Promise<void> {
  context.say(what);
  const values: number[][] = driven.map(() => []);
  for (let round = 0; round < times; round++) {
    for (const [offset] of driven.entries()) {
      const index = (round + offset) % driven.length;
      const page = driven[index];
      if (page === undefined) continue;
      const startedAt = performance.now();
      await act(page);
      values[index]?.push((performance.now() - startedAt) * 1_000);
    }
  }
  const named = (index: number) => ({
    name: `${what}, ${names[index]}`,
    unit: 'µs' as const,
    isOurs: index === 2,
    values: values[index] ?? [],
  });
  const rival = context.row(named(0));
  const noise = context.row({ ...named(1), rival });
  // As close to 1 as two browsers are that have nothing to do with escarp, and 5 % for bad luck.
  const slack = 0.05 + Math.abs(1 - (noise.ratio ?? 1));
  const max = Math.round((1 + slack) * 100) / 100;
  context.row({ ...named(2), rival, goal: { of: 'ratio', max } });
}

async function drive(wsUrl: string, url: string): Promise<Driven> {
  const browser = await chromium.connectOverCDP(wsUrl, { noDefaults: true });
  const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage();
  await page.goto(url);
  const session = await page.context().newCDPSession(page);
  return { session, click: () => page.click('button'), close: () => browser.close() };
}
