import type { IdentityDriver, SlotBrowser, SlotIdentity } from '@escarp/os-identity';
import type { SlotFacts, SlotPool } from '@escarp/slot-pool';
import type { Log } from '../log.js';

/** Which window is whose, asked of the system and remembered for those who cannot wait. */
export interface Identities {
  /** Of the browser that the slot has now, as last asked; undefined for a headless slot. */
  get(slot: number): SlotIdentity | undefined;
  /** Asks now. Does nothing for a slot that has no window or no browser. Never rejects: a lease is worth more. */
  refresh(slot: number): Promise<void>;
  /**
   * As `refresh`, once the window is up: a browser answers before it has one. A slot whose window does not come is
   * still of use to those who drive it by DevTools, and its calibration note says what is missing, so this only ends
   * the wait. So does `closing`.
   */
  windowUp(slot: number, closing: AbortSignal): Promise<void>;
}

/** Well below what the registry allows a reset: a slot that has no window is offered later, and not quarantined. */
const windowMs = 10_000;

export function createIdentities(pool: SlotPool, driver: IdentityDriver, log: Log): Identities {
  const known = new Map<number, { readonly pid: number; readonly identity: SlotIdentity }>();
  const ask = async (
    slot: number,
    question: (browser: SlotBrowser) => Promise<SlotIdentity>,
  ): Promise<void> => {
    const facts = pool.facts(slot);
    if (facts === undefined || facts.headless) return void known.delete(slot);
    try {
      known.set(slot, { pid: facts.pid, identity: await question(browserOf(facts)) });
    } catch (error) {
      known.delete(slot);
      log.warn(`The window of slot ${slot} could not be asked for.`, { slot, reason: String(error) });
    }
  };
  return {
    get: (slot) => {
      const found = known.get(slot);
      return found?.pid === pool.facts(slot)?.pid ? found?.identity : undefined;
    },
    refresh: (slot) => ask(slot, (browser) => driver.identify(slot, browser)),
    windowUp: (slot, closing) =>
      ask(slot, (browser) =>
        driver.awaitWindow(slot, browser, AbortSignal.any([closing, AbortSignal.timeout(windowMs)])),
      ),
  };
}

/** What the driver must be told of a slot's browser. */
export function browserOf({ pid, headless, cdpWindowId, cdpTargetId, bounds }: SlotFacts): SlotBrowser {
  const cdp =
    cdpWindowId === null || cdpTargetId === null
      ? null
      : { windowId: cdpWindowId, targetId: cdpTargetId, bounds: bounds === null ? null : rectangle(bounds) };
  return { pid, headless, cdp };
}

function rectangle({ left, top, width, height }: NonNullable<SlotFacts['bounds']>) {
  return { x: left, y: top, width, height };
}
