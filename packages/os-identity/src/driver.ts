import type { FocusState, Finding, Screenshot, SlotBrowser, SlotIdentity, Verification } from './identity.js';

/** How a slot's browser must be started so that the system can tell it from the others. */
export type LaunchPreparation = {
  executablePath: string;
  /** Set over the environment that the browser would get anyway; null takes a variable out. */
  environment: Readonly<Record<string, string | null>>;
  /** Chrome arguments to add. */
  arguments: readonly string[];
  /** The application bundle that must be started through LaunchServices; null where the executable is spawned. */
  bundlePath: string | null;
};

/** What every platform can do for a slot. Operating failures are thrown as IdentityError unless said otherwise. */
export type IdentityDriver = {
  readonly platform: 'linux' | 'darwin' | 'unsupported';
  /** Called before each launch; idempotent, and adopts what a former daemon left standing. */
  prepare(slot: number, executablePath: string): Promise<LaunchPreparation>;
  /** Asks the system now. Never rejects for an operating failure: `live.failure` says what could not be answered. */
  identify(slot: number, browser: SlotBrowser): Promise<SlotIdentity>;
  /** As `identify`, once the window is on the screen, or whatever there is to say when the wait is cut off. */
  awaitWindow(slot: number, browser: SlotBrowser, cutOff: AbortSignal): Promise<SlotIdentity>;
  /** Asks again and says whether the window of before moved, closed or was made anew. */
  verify(slot: number, browser: SlotBrowser, previous: SlotIdentity): Promise<Verification>;
  /** Is the slot's window the one that gets the keyboard, with nothing on top? Changes nothing. */
  inspectFocus(slot: number, browser: SlotBrowser): Promise<FocusState>;
  /** Brings the slot's window to the front; `focus_not_verified` unless it was then seen to be there. */
  focus(slot: number, browser: SlotBrowser, bringToFront: () => Promise<void>): Promise<SlotIdentity>;
  screenshot(slot: number, browser: SlotBrowser): Promise<Screenshot>;
  /** Takes away what `prepare` made: display, bundle, records. The browser must be gone. Idempotent. */
  remove(slot: number): Promise<void>;
  doctor(): Promise<Finding[]>;
};
