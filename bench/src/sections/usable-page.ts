import { join } from 'node:path';
import { agentBrowser, leasedAgentBrowser } from '../rivals/agent-browser.js';
import { chromeDevtoolsMcp, coldMcp, leasedMcp, playwrightMcp, runningMcp } from '../rivals/browser-mcp.js';
import type { Contender } from '../rivals/contender.js';
import { escarpLease } from '../rivals/escarp-lease.js';
import { launchName, playwrightLaunch, playwrightPersistent } from '../rivals/playwright.js';
import type { Row } from '../row.js';
import { withScratch } from '../scratch.js';
import type { Context, Section } from '../section.js';
import type { BareBrowser } from '../subjects/bare-browser.js';
import { launchBare, slotArguments } from '../subjects/bare-browser.js';
import type { EscarpPool } from '../subjects/escarp-pool.js';
import { untilFree } from '../subjects/escarp-pool.js';
import { withPage } from '../subjects/page-site.js';
import { atOnce } from '../timing.js';

export const usablePage: Section = {
  name: 'page',
  title: 'Time to a usable page: from nothing to the first page.goto, a pool of 4 slots',
  measure: (context) =>
    context.lendPool({ slots: context.effort.of(1, 4, 4), browser: context.browser }, (pool) =>
      withPage((url) => withScratch((home) => compare(context, pool, url, home))),
    ),
};

interface Sample {
  readonly pageMs: number;
  /** The first navigation alone, where the contender was started and only then asked to navigate. */
  readonly navigationMs?: number;
}

async function compare(context: Context, pool: EscarpPool, url: string, home: string): Promise<void> {
  if (!context.effort.isWhole) return compareAll(context, pool, url, { home });
  const running = await launchBare(context.browser, await slotArguments(pool), join(home, 'running'));
  try {
    await compareAll(context, pool, url, { home, running });
  } finally {
    await running.kill();
  }
}

interface Places {
  readonly home: string;
  /** A browser that nobody leases, where every contender is measured. */
  readonly running?: BareBrowser;
}

async function compareAll(
  context: Context,
  pool: EscarpPool,
  url: string,
  { home, running }: Places,
): Promise<void> {
  const { browser } = context;
  // Outside programs keep their files in the user's home; here they get one of their own.
  const env = { ...pool.env, HOME: home, XDG_RUNTIME_DIR: join(home, 'run') };
  const surroundings = { env, cwd: home };
  const launch = playwrightLaunch(browser);
  const lease = escarpLease(pool.client, launchName);
  const playwright = [coldMcp(playwrightMcp, browser, surroundings), leasedMcp(playwrightMcp, surroundings)];
  const leasedAgent = leasedAgentBrowser(pool.client, env);
  const contenders =
    running === undefined
      ? [launch, lease, ...playwright, leasedAgent]
      : [
          launch,
          playwrightPersistent(browser),
          lease,
          ...playwright,
          coldMcp(chromeDevtoolsMcp, browser, surroundings),
          runningMcp(chromeDevtoolsMcp, running, surroundings),
          leasedMcp(chromeDevtoolsMcp, surroundings),
          agentBrowser(browser, env),
          leasedAgent,
        ];
  for (const [agents, rounds] of levels(context)) {
    const able = contenders.filter(({ isConcurrent = true }) => isConcurrent || agents === 1);
    const samples = new Map<Contender, Sample[]>(able.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [contender, all] of samples) {
        context.say(`${contender.name}, ${agents} at once, round ${round + 1} of ${rounds}`);
        all.push(...(await atOnce(agents, () => task(contender, url))));
        await untilFree(pool.client);
      }
    }
    report(context, agents, samples);
  }
  context.note(
    'Every agent reaches the page and then closes it; with 8 on 4 slots, half of them wait in the queue first, including resets.',
  );
}

/** How many agents at once, and how often. */
function levels({ effort }: Context): [agents: number, rounds: number][] {
  const rounds = [
    [1, effort.of(1, 5, 20)],
    [2, effort.of(0, 0, 10)],
    [4, effort.of(0, 1, 8)],
    [8, effort.of(0, 1, 5)],
  ] as const;
  return rounds.filter(([, times]) => times > 0).map(([agents, times]) => [agents, times]);
}

async function task(contender: Contender, url: string): Promise<Sample> {
  const startedAt = performance.now();
  const page = await contender.open(url);
  const pageMs = performance.now() - startedAt;
  await page.close();
  const { startedMs } = page;
  return startedMs === undefined ? { pageMs } : { pageMs, navigationMs: pageMs - startedMs };
}

function report(context: Context, agents: number, samples: ReadonlyMap<Contender, readonly Sample[]>): void {
  const pages = new Map<string, Row>();
  const navigations = new Map<string, Row>();
  for (const [contender, all] of samples) {
    const { name, rival = launchName, isOurs } = contender;
    const against = pages.get(rival);
    const times = all.flatMap(({ navigationMs }) => navigationMs ?? []);
    const row = context.row({
      name: `${name}, ${agents} at once`,
      unit: 'ms',
      isOurs,
      values: all.map(({ pageMs }) => pageMs),
      ...(against === undefined ? {} : { rival: against }),
      // Where the start is not measured apart, the goal is for the whole.
      ...(isOurs && times.length === 0 && agents === 1 ? halfOfCold : {}),
      point: { curve: name, x: agents },
    });
    pages.set(name, row);
    if (times.length > 0) {
      navigations.set(name, reportNavigation(context, contender, agents, times, navigations.get(rival)));
    }
  }
}

const halfOfCold = { goal: { of: 'ratio', max: 0.5 } } as const;

function reportNavigation(
  context: Context,
  { name, isOurs }: Contender,
  agents: number,
  values: readonly number[],
  rival: Row | undefined,
): Row {
  return context.row({
    name: `${name}, first navigation, ${agents} at once`,
    unit: 'ms',
    isOurs,
    values,
    ...(rival === undefined ? {} : { rival }),
    ...(isOurs && rival !== undefined && agents === 1 ? halfOfCold : {}),
  });
}
