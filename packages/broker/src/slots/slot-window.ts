import { withTimeLimit } from '@escarp/contract';
import type { IdentityDriver, SlotBrowser, SlotIdentity } from '@escarp/os-identity';
import type { SlotFacts } from '@escarp/slot-pool';
import type { Log } from '../log.js';

/** Well below what the registry allows for a reset: a slot without a window is offered later, and not quarantined. */
const windowMs = 10_000;

interface WindowPorts {
  readonly slot: number;
  readonly facts: () => SlotFacts | undefined;
  readonly driver: IdentityDriver;
  readonly log: Log;
}

/** Which window belongs to the slot. The system is asked, and the answer is kept for those who cannot wait. */
export class SlotWindow {
  private readonly ports: WindowPorts;
  private known: { readonly pid: number; readonly identity: SlotIdentity } | undefined;

  constructor(ports: WindowPorts) {
    this.ports = ports;
  }

  /** Of the slot's current browser, as last seen; undefined for a headless slot. */
  get identity(): SlotIdentity | undefined {
    return this.known?.pid === this.ports.facts()?.pid ? this.known?.identity : undefined;
  }

  /**
   * Asks now. Does nothing for a slot that has no window or no browser. Never rejects, because a lease must not fail
   * over it.
   */
  refresh(): Promise<void> {
    const { driver, slot } = this.ports;
    return this.ask((browser) => driver.identify(slot, browser));
  }

  /**
   * Like `refresh`, once the window is up: a browser answers before it has one. A slot whose window does not appear is
   * still useful to those who drive it through DevTools, and its calibration note says what is missing, so this only
   * ends the wait. So does `closing`.
   */
  untilUp(closing: AbortSignal): Promise<void> {
    const { driver, slot } = this.ports;
    return withTimeLimit(windowMs, closing, (signal) =>
      this.ask((browser) => driver.awaitWindow(slot, browser, signal)),
    );
  }

  private async ask(question: (browser: SlotBrowser) => Promise<SlotIdentity>): Promise<void> {
    const { facts: factsNow, slot, log } = this.ports;
    const facts = factsNow();
    if (facts === undefined || facts.headless) return void (this.known = undefined);
    try {
      this.known = { pid: facts.pid, identity: await question(browserOf(facts)) };
    } catch (error) {
      this.known = undefined;
      log.warn(`The window of slot ${slot} could not be queried.`, { slot, reason: String(error) });
    }
  }
}

/** What the driver must know about a slot's browser. */
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
