import type { HeldLease, LeaseView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { LeaseOptions } from './lease-slot.js';
import { leaseSlot } from './lease-slot.js';

/** A slot, and how its fresh context is made. */
export interface SlotOptions extends LeaseOptions {
  /** Options of the context, such as `viewport` or `storageState`. */
  readonly context?: BrowserContextOptions;
}

/** A leased browser with a context that nobody has used before. */
export interface LeasedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Which slot it is, its ports, its display and its fence. */
  readonly lease: LeaseView;
}

/**
 * Leases a slot for the time of one call and gives it a fresh context. Whether the call returns or throws, the context is
 * disposed of and the lease released. Resolves with what the call returns.
 *
 * @throws OperationError as the acquire operation does, `lease_ended` if the lease is lost meanwhile, and whatever the call throws.
 */
export async function withSlot<Result>(
  options: SlotOptions,
  use: (leased: LeasedPage) => Promise<Result>,
): Promise<Result> {
  // Before a slot is leased: the options are easily forgotten.
  if (typeof use !== 'function')
    throw new TypeError('withSlot takes options and a function: withSlot({}, async ({ page }) => …).');
  const { context, ...wish } = options;
  const held = await leaseSlot(wish);
  try {
    return await Promise.race([used(held, context, use), loss(held)]);
  } catch (error) {
    throw await lossOr(error, held);
  } finally {
    await held.release({ noWait: true }).catch(() => {});
  }
}

async function used<Result>(
  { lease }: HeldLease,
  options: BrowserContextOptions | undefined,
  use: (leased: LeasedPage) => Promise<Result>,
): Promise<Result> {
  // Without defaults, because those would be set for the tab that the slot has anyway. Without a time limit, because a machine
  // can be busy for longer than any, and a browser that never answers is replaced.
  const browser = await chromium.connectOverCDP(lease.cdpWsUrl ?? '', { noDefaults: true, timeout: 0 });
  try {
    const context = await browser.newContext(options);
    return await use({ page: await context.newPage(), context, lease });
  } finally {
    await browser.close();
  }
}

async function loss({ lost }: HeldLease): Promise<never> {
  throw await lost;
}

/** A slot that was taken away has closed its pages, which the call saw first. */
function lossOr(error: unknown, held: HeldLease): Promise<unknown> {
  return held.renew().then(
    () => error,
    (reason: unknown) => (reason instanceof OperationError && reason.code === 'lease_ended' ? reason : error),
  );
}
