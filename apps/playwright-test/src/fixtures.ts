import {
  type Browser,
  type BrowserContext,
  type Page,
  type PlaywrightWorkerArgs,
  test as base,
  type TestInfo,
} from '@playwright/test';
import type { HeldLease, LeaseView } from '@escarp/transport/client';
import { leaseSlot } from './lease-slot.js';
import type { LeaseWish } from './pool.js';

/** Fixtures of each test. */
export interface SlotFixtures {
  /**
   * The slot's own context: its persistent profile, which tests of one worker share. It was there before them, so context
   * options of the configuration, `baseURL` among them, do not apply to it.
   */
  readonly slotContext: BrowserContext;
  /** A tab of that context. */
  readonly slotPage: Page;
}

/** Fixtures of each worker. */
export interface SlotWorkerFixtures {
  /** What the worker leases, and how long it waits: `test.use({ leaseOptions: { holder: 'checkout suite' } })`. */
  readonly leaseOptions: LeaseWish;
  /**
   * The saved login that the slot's profile is signed in with, or a list of which each worker takes one by its parallel
   * index: `test.use({ login: ['shopper-1', 'shopper-2'] })`.
   */
  readonly login: string | readonly string[] | undefined;
  /** The worker's lease: slot, ports, display, fence. The lease lasts as long as the worker. */
  readonly lease: LeaseView;
}

interface OwnFixtures {
  /** Leases at the first call; a worker whose tests need no slot holds none. */
  readonly leaseOnce: () => Promise<HeldLease>;
}

/**
 * Playwright's `test`, with every worker on a leased slot: `browser`, `context` and `page` are of that slot, in fresh contexts as
 * ever, and `slotContext` and `slotPage` are its persistent profile.
 */
export const test = base.extend<SlotFixtures, SlotWorkerFixtures & OwnFixtures>({
  leaseOptions: [{}, { scope: 'worker', option: true }],
  login: [undefined, { scope: 'worker', option: true }],
  leaseOnce: [
    async ({ leaseOptions, login }, use, { parallelIndex }) => {
      let held: Promise<HeldLease> | undefined;
      const wish = { ...leaseOptions, ...loginOf(login, parallelIndex) };
      await use(() => (held ??= leaseSlot(wish)));
      await (await held)?.release({ noWait: true }).catch(() => {});
    },
    // To wait in the queue is not to hang.
    { scope: 'worker', timeout: 0 },
  ],
  lease: [async ({ leaseOnce }, use) => use((await leaseOnce()).lease), { scope: 'worker', timeout: 0 }],
  browser: [
    async ({ leaseOnce, playwright, browserName }, use) => {
      const browser =
        browserName === 'chromium'
          ? await connect(playwright, (await leaseOnce()).lease)
          : await playwright[browserName].launch();
      await use(browser);
      await browser.close();
    },
    { scope: 'worker', timeout: 0 },
  ],
  slotContext: async ({ lease, browser }, use, testInfo) => {
    const [context] = browser.contexts();
    if (context === undefined) throw new Error(`Slot ${lease.slot} has no context of its own.`);
    testInfo.annotations.push({ type: 'slot', description: `${lease.slot}, fence ${lease.fence}` });
    await use(context);
    // Playwright ends the worker of a test that failed, and the lease ends with it: no other test sees these tabs.
    if (hasPassed(testInfo)) await closeTabs(context);
  },
  slotPage: async ({ slotContext, lease }, use, testInfo) => {
    const page = slotContext.pages()[0] ?? (await slotContext.newPage());
    await use(page);
    if (hasPassed(testInfo)) return;
    const name = `slot-${lease.slot}.png`;
    const path = testInfo.outputPath(name);
    const refusal = await refusalOf(page.screenshot({ path, timeout: screenshotMs }));
    if (refusal === undefined) await testInfo.attach(name, { path, contentType: 'image/png' });
    else testInfo.annotations.push({ type: 'slot', description: `No ${name}: ${refusal}` });
  },
});

function hasPassed({ status, expectedStatus }: TestInfo): boolean {
  return status === expectedStatus;
}

/** A page that cannot be pictured, because it crashed, hangs or is closed, is often why the test failed, which must stay what is reported. */
async function refusalOf(screenshot: Promise<unknown>): Promise<string | undefined> {
  try {
    await screenshot;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}

/** A busy machine takes seconds for one. */
const screenshotMs = 15_000;

function loginOf(login: SlotWorkerFixtures['login'], parallelIndex: number): { login?: string } {
  const names = typeof login === 'string' ? [login] : (login ?? []);
  const name = names[parallelIndex % names.length];
  return name === undefined ? {} : { login: name };
}

function connect(
  { chromium }: PlaywrightWorkerArgs['playwright'],
  { cdpWsUrl }: LeaseView,
): Promise<Browser> {
  // Without defaults, because those would be set for the slot's own context. Without a time limit, because a machine can be
  // busy for longer than any, and a browser that never answers is replaced.
  return chromium.connectOverCDP(cdpWsUrl ?? '', { noDefaults: true, timeout: 0 });
}

/** The last tab stays: a browser with windows ends with it. */
async function closeTabs(context: BrowserContext): Promise<void> {
  const [first, ...others] = context.pages();
  await Promise.all(others.map((page) => page.close()));
  await first?.goto('about:blank');
}
