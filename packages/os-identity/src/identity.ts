import type { IdentityErrorCode } from './errors.js';

/** A rectangle in the screen's own coordinates: X11 pixels on Linux, points on macOS; origin at the top left. */
export type Bounds = { x: number; y: number; width: number; height: number };

/** The fields of a SlotIdentity that only the operating system can know. */
export type LiveField = 'osWindowId' | 'ownerPid' | 'bounds' | 'wmClass';

/** What was asked of the system for this answer, when, and why it could not answer. */
export type LiveReading = {
  /** Epoch milliseconds at which the system was asked. */
  askedAtMs: number;
  /** The fields that the system itself answered at that moment; the others are known from elsewhere, or null. */
  fields: readonly LiveField[];
  failure: { code: IdentityErrorCode; message: string; hint: string | null } | null;
};

/** Which window, application and display belong to a slot: the one answer of every platform. */
export type SlotIdentity = {
  slot: number;
  /** X11 window id on Linux, `kCGWindowNumber` on macOS. */
  osWindowId: number | null;
  /** The process that owns the window: `_NET_WM_PID` on Linux, `kCGWindowOwnerPID` on macOS. */
  ownerPid: number | null;
  /** Where the window is on its screen. */
  bounds: Bounds | null;
  /** DevTools' own number of the window, from `Browser.getWindowForTarget`. */
  cdpWindowId: number | null;
  /** DevTools' own id of the window's first page. */
  cdpTargetId: string | null;
  /** One sentence: how the window was told from others, or why it could not be. */
  calibrationNote: string;
  /** macOS with `cuaApps`: bundle identifier, name and path of the slot's own application; otherwise null. */
  cuaAppBundleId: string | null;
  cuaAppName: string | null;
  cuaAppPath: string | null;
  /** The DISPLAY that the slot's browser draws on. */
  display: string | null;
  /** The Xauthority file that opens `display`; null where none is needed or there is no display. */
  displayAuthority: string | null;
  /** The second string of the window's WM_CLASS on X11; null elsewhere and for a headless slot. */
  wmClass: string | null;
  live: LiveReading;
};

/** What the pool knows about the browser of a slot, handed in at every question because it changes at a relaunch. */
export type SlotBrowser = {
  /** Of the browser's main process. */
  pid: number;
  /** Whether it runs without windows; no window of it is then looked for. */
  headless: boolean;
  /** The window that DevTools calls the slot's own, and its bounds in DevTools' coordinates; null when not known. */
  cdp: { windowId: number; targetId: string; bounds: Bounds | null } | null;
};

/** `moved` leaves the identity valid; `closed` and `recreated` mean that the window of before is gone. */
export type WindowChange = 'moved' | 'closed' | 'recreated';

/** The answer to `verify`. */
export type Verification = {
  /** True when the system was reached and the window of before is still the slot's window. */
  verified: boolean;
  changes: readonly WindowChange[];
  /** The identity as it is now. */
  identity: SlotIdentity;
};

/** Whether the slot's window has the keyboard and nothing lies over it, and what is in the way if not. */
export type FocusState = { focused: true; reason: null } | { focused: false; reason: string };

/** A picture of the screen; `width` and `height` are its own pixels, which on a scaled screen are more than points. */
export type Screenshot = {
  png: Uint8Array;
  width: number;
  height: number;
  /** `screen` is the slot's whole display; `window` is only what a shared screen shows where the slot's window is. */
  region: 'screen' | 'window';
};

/** Something that a person should know or fix before slots can be addressed by native computer use. */
export type Finding = {
  code: IdentityErrorCode;
  severity: 'error' | 'warning';
  message: string;
  hint: string;
};
