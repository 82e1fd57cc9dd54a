import type { ResetPolicy, Tier } from '@escarp/contract';

export type { ResetPolicy, Tier } from '@escarp/contract';

/** In CSS pixels, relative to the screen, like `Browser.Bounds` in CDP. */
export interface WindowBounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The command that starts a browser, including Chrome's arguments. */
export interface LaunchCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  /** Overrides the environment of the spec; null removes a variable. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Whether the command exits and the system runs the browser, as with `open` on macOS. */
  readonly handsOver: boolean;
}

/**
 * Why a browser is launched: `clean` is for a new holder, who must find nothing of the previous one's; `relaunch` replaces
 * a browser that its holder lost, and keeps everything else.
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
   * How to start a browser with these arguments and this environment. Default: run `binary`. Called once per launch, so it
   * may prepare what the browser needs.
   */
  readonly launchCommand?: (
    chromeArguments: readonly string[],
    environment: Readonly<Record<string, string>>,
    purpose: LaunchPurpose,
  ) => Promise<LaunchCommand>;
  /** Chrome's `--class`, which sets WM_CLASS on Linux and is ignored elsewhere. */
  readonly wmClass: string;
  readonly bounds: WindowBounds;
  /** Appended to the pool's own arguments. */
  readonly extraArgs: readonly string[];
  /** The browser's whole environment, including DISPLAY; the pool adds only TMPDIR and the crash folder. */
  readonly env: Readonly<Record<string, string>>;
}

/** A slot's running browser. Times are epoch milliseconds. */
export interface SlotFacts {
  readonly index: number;
  readonly tier: Tier;
  readonly headless: boolean;
  readonly profile: string;
  readonly pid: number;
  readonly cdpPort: number;
  readonly cdpWsUrl: string;
  /** The first page; null if the holder closed every page. */
  readonly cdpTargetId: string | null;
  readonly cdpWindowId: number | null;
  readonly bounds: WindowBounds | null;
  readonly version: string;
  /** When the browser was started, in epoch milliseconds. */
  readonly startedAt: number;
  /** When the browser was last relaunched for its holder, in epoch milliseconds; null after a launch or a reset. */
  readonly relaunchedAt: number | null;
}

/**
 * The default reset of a tier. An autonomous slot is recycled, unless its window is on a screen that somebody works at:
 * there, a window that closes and opens at every reset would take the keyboard focus from them.
 */
export function defaultResetPolicy(tier: Tier, sharesScreen: boolean): ResetPolicy {
  if (tier === 'supervised') return 'tabs';
  if (tier === 'delegated') return 'recycle';
  return sharesScreen ? 'storage' : 'recycle';
}

/** Whether a tier keeps its profile between holders: a supervised profile belongs to a person and is never wiped. */
export function keepsProfile(tier: Tier): boolean {
  return tier === 'supervised';
}
