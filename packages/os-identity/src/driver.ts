import type { IdentityError } from './errors.js';
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

/**
 * For whom a browser is launched: `clean` is for the next holder, who must meet nothing of the former one's; `relaunch`
 * replaces a browser that was lost under its holder, who keeps everything else.
 */
export type LaunchPurpose = 'clean' | 'relaunch';

/**
 * What every platform can do for a slot, by the slot's number. Operating failures are thrown as IdentityError unless
 * said otherwise. Calls for different slots may overlap; `prepare` and `remove` of one slot must not.
 */
export type IdentityDriver = {
  readonly platform: 'linux' | 'darwin' | 'unsupported';
  /**
   * Makes what the slot's browser needs; called before each launch, when no browser of the slot runs. A `clean` launch
   * gets a display server of its own, started for it; a `relaunch` keeps the one that runs, and replaces it if it does
   * not answer. An application bundle is made once and kept.
   *
   * @param executablePath The Chrome to launch, an absolute path.
   * @throws IdentityError `display_start_failed`, `display_foreign`, `xvnc_missing`, `display_missing`,
   *   `bundle_clone_failed` or `bundle_signature_invalid`.
   */
  prepare(slot: number, executablePath: string, purpose: LaunchPurpose): Promise<LaunchPreparation>;
  /** Asks the system now. Never rejects for an operating failure: `live.failure` says what could not be answered. */
  identify(slot: number, browser: SlotBrowser): Promise<SlotIdentity>;
  /** As `identify`, once the window is on the screen, or whatever there is to say when the wait is cut off. */
  awaitWindow(slot: number, browser: SlotBrowser, cutOff: AbortSignal): Promise<SlotIdentity>;
  /** Asks again and says whether the earlier window has moved, closed or been recreated. */
  verify(slot: number, browser: SlotBrowser, previous: SlotIdentity): Promise<Verification>;
  /**
   * Is the slot's window the one that gets the keyboard, with nothing on top? Changes nothing.
   *
   * @throws IdentityError `slot_headless`, or why the window could not be found or asked for.
   */
  inspectFocus(slot: number, browser: SlotBrowser): Promise<FocusState>;
  /**
   * Brings the slot's window to the front and looks whether it is there.
   *
   * @param bringToFront Brings the slot's tab to the front of its window, as DevTools' `Page.bringToFront` does.
   * @throws IdentityError `focus_not_verified` unless the window was then seen in front; otherwise as `inspectFocus`.
   */
  focus(slot: number, browser: SlotBrowser, bringToFront: () => Promise<void>): Promise<SlotIdentity>;
  /**
   * What the slot's own screen shows, or its window where the screen is shared; without the mouse pointer.
   *
   * @throws IdentityError `slot_headless`, `screen_unreadable`, or why the window could not be found or asked for.
   */
  screenshot(slot: number, browser: SlotBrowser): Promise<Screenshot>;
  /**
   * Takes away what `prepare` made: display, bundle, records. The browser must be gone. Idempotent, cheap where nothing was
   * made, and signals no process that is not proven to be the slot's own.
   *
   * @throws IdentityError `display_foreign` when the display's server does not end.
   */
  remove(slot: number): Promise<void>;
  /**
   * Why no slot's window could be shown on this machine now; null if one could. Never rejects for an operating failure. No
   * browser is started to find out, so one may fail to start all the same.
   */
  whyNoWindow(): Promise<IdentityError | null>;
  /** What is missing on this machine; never rejects for an operating failure. Empty when all is well. */
  doctor(): Promise<Finding[]>;
};
