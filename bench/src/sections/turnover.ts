import type { ResetPolicy } from '@escarp/slot-pool';
import type { Client } from '@escarp/transport';
import { chromium } from 'playwright-core';
import type { Row } from '../row.js';
import { withScratch } from '../scratch.js';
import type { Context, Section } from '../section.js';
import type { BareBrowser } from '../subjects/bare-browser.js';
import { launchBare, relaunchBare, slotArguments, untilPageEvaluates } from '../subjects/bare-browser.js';
import type { EscarpPool } from '../subjects/escarp-pool.js';
import { untilFree, untilSpare, withPool } from '../subjects/escarp-pool.js';
import { withPage } from '../subjects/page-site.js';
import { CpuByRound } from '../subjects/process-usage.js';
import { atOnce, elapsedMs } from '../timing.js';

const slotsMax = 8;

export const turnover: Section = {
  name: 'turnover',
  title: 'Turnover: from the release of a used slot until it can be leased again',
  measure: (context) =>
    withPage((url) => {
      const slots = context.effort.of(1, slotsMax, slotsMax);
      context.say(`bringing up ${slots} slots`);
      const [reset, ...others] = policies(context);
      return withPool({ slots, browser: context.browser, reset }, async (pool) => {
        const bare = await measureBare(context, pool, url, slots);
        await measurePolicy(context, pool, url, reset, bare, slots);
        let current = pool;
        const starts: number[] = [];
        for (const other of others) {
          const restarted = await current.restart(other);
          current = restarted.pool;
          starts.push(restarted.startMs);
          await measurePolicy(context, current, url, other, bare, slots);
        }
        const spared = await current.restart('recycle', 'on');
        await measureSpare(context, spared.pool, url, bare.one);
        const last = await measureStarts(context, spared.pool, slots, [...starts, spared.startMs]);
        await measureSustained(context, last, slots);
        context.note(
          'Each slot had one page open that left a cookie and local storage. The daemon’s CPU time is that of a whole lease, from one acquire to the next. Resets are never on the path of an acquire while another slot is free. A daemon starts from its command to its first answer, the slots of the last one being alive.',
        );
      });
    }),
};

function policies({ effort }: Context): readonly [ResetPolicy, ...ResetPolicy[]] {
  return effort.isWhole ? ['tabs', 'storage', 'recycle'] : ['recycle'];
}

interface Bare {
  readonly one: Row;
  readonly all: Row;
}

/**
 * Kill, wipe, launch and wait for an answer: what anyone could do in a few lines, without asking whether the browser was
 * really theirs. Also until its page evaluates, as escarp waits.
 */
async function measureBare(context: Context, pool: EscarpPool, url: string, slots: number): Promise<Bare> {
  const args = await slotArguments(pool);
  return withScratch(async (folder) => {
    const folders = Array.from({ length: slots }, (_, index) => `${folder}/${index}`);
    const running = await Promise.all(folders.map((own) => launchBare(context.browser, args, own)));
    const relaunch = async (index: number): Promise<BareBrowser> => {
      const [browser, own] = [running[index], folders[index]];
      if (browser === undefined || own === undefined) throw new Error(`There is no browser ${index}.`);
      return (running[index] = await relaunchBare(browser, context.browser, args, own));
    };
    try {
      const used = async (index: number): Promise<void> => visit(running[index]?.wsUrl, url);
      const one = await measureOne(
        context,
        'bare kill, wipe, launch',
        () => used(0),
        () => relaunch(0),
      );
      await measureOne(
        context,
        'bare kill, wipe, launch, evaluate',
        () => used(0),
        async () => untilPageEvaluates(await relaunch(0)),
      );
      return {
        one,
        all: await measureAll(context, 'bare kill, wipe, launch', slots, used, relaunch),
      };
    } finally {
      await Promise.all(running.map((browser: BareBrowser) => browser.kill()));
    }
  });
}

async function measurePolicy(
  context: Context,
  { client, daemonPid }: EscarpPool,
  url: string,
  reset: ResetPolicy,
  bare: Bare,
  slots: number,
): Promise<void> {
  const tokens: string[] = [];
  const used = async (index: number): Promise<void> => {
    const { leaseToken, cdpWsUrl } = await client.acquire({ holder: 'bench', waitS: 60 });
    tokens[index] = leaseToken;
    await visit(cdpWsUrl ?? undefined, url);
  };
  const release = (index: number): Promise<unknown> => client.release({ leaseToken: tokens[index] ?? '' });
  const goals = { recycle: 300, storage: 150 } as const;
  const goal = reset === 'tabs' ? undefined : goals[reset];
  const cpu = new CpuByRound(daemonPid);
  await measureOne(
    context,
    reset,
    async () => {
      await cpu.round();
      await used(0);
    },
    () => release(0),
    bare.one,
    goal,
  );
  await cpu.round();
  if (cpu.values.length > 0)
    context.row({ name: `${reset}, CPU time of the daemon`, unit: 'ms', values: cpu.values });
  await measureAll(context, reset, slots, used, release, bare.all, reset === 'recycle' ? 4_000 : undefined);
}

/** Each release finds the spare waiting, as that of any lease longer than a second or two does. */
async function measureSpare(context: Context, { client }: EscarpPool, url: string, bare: Row): Promise<void> {
  let token = '';
  const use = async (): Promise<void> => {
    const { slot, leaseToken, cdpWsUrl } = await client.acquire({ holder: 'bench', waitS: 60 });
    token = leaseToken;
    await visit(cdpWsUrl ?? undefined, url);
    await untilSpare(client, slot);
  };
  const release = (): Promise<unknown> => client.release({ leaseToken: token });
  await measureOne(context, 'recycle with a spare', use, release, bare, 300);
}

async function measureOne(
  context: Context,
  name: string,
  use: () => Promise<void>,
  turn: () => Promise<unknown>,
  rival?: Row,
  maxMs?: number,
): Promise<Row> {
  const values: number[] = [];
  const times = context.effort.of(1, 7, 50);
  for (let round = 0; round < times; round++) {
    context.say(`${name}, ${round + 1} of ${times}`);
    await use();
    values.push(await elapsedMs(turn));
  }
  return context.row({
    name,
    unit: 'ms',
    values,
    isOurs: rival !== undefined,
    ...comparison(rival, maxMs),
    point: { curve: name, x: 1 },
  });
}

/** The time until the last one is back. */
async function measureAll(
  context: Context,
  name: string,
  slots: number,
  use: (index: number) => Promise<void>,
  turn: (index: number) => Promise<unknown>,
  rival?: Row,
  maxMs?: number,
): Promise<Row> {
  const values: number[] = [];
  const times = context.effort.of(1, 2, 10);
  for (let round = 0; round < times; round++) {
    context.say(`${name}, ${slots} at once, ${round + 1} of ${times}`);
    await atOnce(slots, use);
    values.push(await elapsedMs(() => atOnce(slots, turn)));
  }
  const point = { curve: name, x: slots };
  return context.row({
    name: `${name}, ${slots} at once`,
    unit: 'ms',
    values,
    isOurs: rival !== undefined,
    ...comparison(rival, maxMs),
    point,
  });
}

function comparison(rival: Row | undefined, maxMs: number | undefined) {
  return {
    ...(rival === undefined ? {} : { rival }),
    ...(maxMs === undefined ? {} : { goal: { of: 'median', max: maxMs } as const }),
  };
}

async function visit(wsUrl: string | undefined, url: string): Promise<void> {
  const browser = await chromium.connectOverCDP(wsUrl ?? '', { noDefaults: true });
  const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage();
  await page.goto(url);
  await browser.close();
}

/** How soon a daemon serves slots that outlived the last one. */
async function measureStarts(
  context: Context,
  pool: EscarpPool,
  slots: number,
  before: readonly number[],
): Promise<EscarpPool> {
  const values = [...before];
  let current = pool;
  for (let round = 0; round < context.effort.of(0, 3, 10); round++) {
    context.say(`daemon start, ${round + 1}`);
    const next = await current.restart('recycle');
    values.push(next.startMs);
    current = next.pool;
  }
  const goal = { of: 'median', max: 1_000 } as const;
  context.row({ name: `daemon start, ${slots} live slots adopted`, unit: 'ms', values, goal });
  return current;
}

/** Twice as many agents as slots lease and release as fast as they can: every lease waits for a recycle. */
async function measureSustained(context: Context, pool: EscarpPool, slotsAtFirst: number): Promise<void> {
  const rates: [number, number[]][] = [];
  for (const slots of [8, 4, 2, 1].filter((size) => size <= slotsAtFirst)) {
    await pool.escarp('scale', String(slots), '--json');
    await untilFree(pool.client);
    const values: number[] = [];
    for (let round = 0; round < context.effort.of(1, 1, 5); round++) {
      context.say(`leases per minute, ${slots} slots`);
      values.push(await leasesPerMinute(pool.client, 2 * slots, context.effort.of(300, 3_000, 10_000)));
    }
    rates.unshift([slots, values]);
  }
  let single: Row | undefined;
  for (const [slots, values] of rates) {
    const row = context.row({
      name: `leases per minute, ${slots} slots`,
      unit: '/min',
      better: 'more',
      values,
      ...(single === undefined ? {} : { rival: single }),
      point: { curve: 'leases per minute', x: slots },
    });
    single ??= row;
  }
}

async function leasesPerMinute(client: Client, agents: number, forMs: number): Promise<number> {
  let leases = 0;
  const startedAt = performance.now();
  await atOnce(agents, async () => {
    while (performance.now() - startedAt < forMs) {
      const { leaseToken } = await client.acquire({ holder: 'bench', waitS: 60 });
      await client.release({ leaseToken, noWait: true });
      leases++;
    }
  });
  const minutes = (performance.now() - startedAt) / 60_000;
  await untilFree(client);
  return leases / minutes;
}
