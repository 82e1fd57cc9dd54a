import type { ResetPolicy, Tier } from '@escarp/contract';
import type { DevtoolsConnection } from './devtools/devtools-connection.js';

export type { ResetPolicy, Tier } from '@escarp/contract';

/** In CSS pixels of the screen, as CDP's `Browser.Bounds` has them. */
export interface WindowBounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is run to start a browser, Chrome's arguments included. */
export interface LaunchCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  /** Set over the spec's environment; null takes a variable out. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Whether the command ends and leaves the browser to the system, as `open` does on macOS, or becomes the browser. */
  readonly handsOver: boolean;
}

/**
 * For whom a browser is launched: `clean` is for the next holder, who must meet nothing of the former one's; `relaunch`
 * replaces a browser that was lost under its holder, who keeps everything else.
 */
export type LaunchPurpose = 'clean' | 'relaunch';

/** Everything the pool needs to know to launch one slot's browser. */
export interface SlotSpec {
  readonly index: number;
  readonly port: number;
  readonly tier: Tier;
  readonly headless: boolean;
  /** Path of the Chrome to launch. */
  readonly binary: string;
  /**
   * How a browser with these arguments and this environment is started; by running `binary` if absent. Asked at every
   * launch and only then, so it may prepare what the browser needs.
   */
  readonly launchCommand?: (
    chromeArguments: readonly string[],
    environment: Readonly<Record<string, string>>,
    purpose: LaunchPurpose,
  ) => Promise<LaunchCommand>;
  /** Sets WM_CLASS on Linux; elsewhere Chrome ignores it. */
  readonly wmClass: string;
  readonly bounds: WindowBounds;
  /** Appended to the pool's own arguments. */
  readonly extraArgs: readonly string[];
  /** The browser's whole environment, DISPLAY included; the pool adds only TMPDIR and the crash folder. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is known of a slot's running browser. Times are milliseconds since the epoch. */
export interface SlotFacts {
  readonly index: number;
  readonly tier: Tier;
  readonly headless: boolean;
  readonly profile: string;
  readonly pid: number;
  readonly cdpPort: number;
  readonly cdpWsUrl: string;
  /** The first page, or null when the holder closed every page. */
  readonly cdpTargetId: string | null;
  readonly cdpWindowId: number | null;
  readonly bounds: WindowBounds | null;
  readonly version: string;
  readonly startedAt: number;
  /** When the browser was last relaunched under a holder; null after a launch or a reset. */
  readonly relaunchedAt: number | null;
}

/**
 * Brings a saved login into a clean delegated browser, before the slot is handed out. The connection is the pool's and
 * ends when this settles; what it rejects with fails the launch or the reset, so that no holder meets half a login.
 */
export type ApplyLogin = (slot: {
  readonly facts: SlotFacts;
  readonly devtools: DevtoolsConnection;
}) => Promise<void>;

/**
 * The tier's own choice of reset where none is configured. An autonomous slot is recycled, unless its window is on a
 * screen that somebody works at, where a window that closes and opens at every reset would take the keyboard from them.
 */
export function defaultResetPolicy(tier: Tier, sharesScreen: boolean): ResetPolicy {
  if (tier === 'supervised') return 'tabs';
  if (tier === 'delegated') return 'recycle';
  return sharesScreen ? 'storage' : 'recycle';
}

/** A supervised profile belongs to the person who watches over it and is never wiped. */
export function keepsProfile(tier: Tier): boolean {
  return tier === 'supervised';
}
