import type { IdentityDriver, SlotBrowser, SlotIdentity } from '@escarp/os-identity';
import type { SlotFacts, SlotPool } from '@escarp/slot-pool';

/** Which window is whose, asked of the system and remembered for those who cannot wait. */
export interface Identities {
  /** As last asked; undefined for a headless slot. */
  get(slot: number): SlotIdentity | undefined;
  /** Asks now. Does nothing for a slot that has no window or no browser. */
  refresh(slot: number): Promise<void>;
}

export function createIdentities(pool: SlotPool, driver: IdentityDriver): Identities {
  const known = new Map<number, SlotIdentity>();
  return {
    get: (slot) => known.get(slot),
    refresh: async (slot) => {
      const facts = pool.facts(slot);
      if (facts === undefined || facts.headless) known.delete(slot);
      else known.set(slot, await driver.identify(slot, browserOf(facts)));
    },
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
