import { createDarwinDriver } from './darwin/darwin-driver.js';
import type { IdentityDriver } from './driver.js';
import { IdentityError } from './errors.js';
import type { SlotBrowser } from './identity.js';
import type { ScreenSize } from './linux/xvnc-process.js';
import { createLinuxDriver } from './linux/linux-driver.js';
import type { SlotDisplays } from './linux/slot-screen.js';
import type { SessionEnvironment } from './linux/session-display.js';
import type { IdentityPorts } from './ports.js';
import { identifyWindow, knownIdentity, requireWindowed } from './window-questions.js';

/** How slots are told apart on this machine. */
export type IdentitySettings = {
  /** The state directory. */
  home: string;
  /** macOS: whether each slot gets its own application. */
  cuaApps: boolean;
  /** Linux: which slots get a display of their own. */
  displays: SlotDisplays;
  /** Linux: the size of a slot's own display, in pixels. */
  screen: ScreenSize;
  /** Linux: the desktop session that slots share if they do not have their own displays. */
  session: SessionEnvironment;
};

/**
 * The driver for a platform, named as in `process.platform`. On other platforms than Linux and macOS it launches browsers
 * without preparation, and every question about a window fails with `platform_unsupported`. Creating it has no
 * effects.
 */
export function createIdentityDriver(
  platform: string,
  settings: IdentitySettings,
  ports: IdentityPorts,
): IdentityDriver {
  return refusingHeadless(platformDriver(platform, settings, ports));
}

function platformDriver(platform: string, settings: IdentitySettings, ports: IdentityPorts): IdentityDriver {
  if (platform === 'linux') return createLinuxDriver(settings, ports);
  if (platform === 'darwin') return createDarwinDriver(settings, ports);
  return createUnsupportedDriver(platform, ports);
}

/** Refuses headless slots first; otherwise they would fail with an unrelated error, such as a missing display. */
function refusingHeadless(driver: IdentityDriver): IdentityDriver {
  return {
    ...driver,
    inspectFocus: async (slot, browser) => {
      requireWindowed(browser);
      return driver.inspectFocus(slot, browser);
    },
    focus: async (slot, browser, bringToFront) => {
      requireWindowed(browser);
      return driver.focus(slot, browser, bringToFront);
    },
    screenshot: async (slot, browser) => {
      requireWindowed(browser);
      return driver.screenshot(slot, browser);
    },
  };
}

/** Launches browsers without preparation and refuses everything else. */
function createUnsupportedDriver(platform: string, { now }: IdentityPorts): IdentityDriver {
  const refuse = async (): Promise<never> => {
    throw new IdentityError('platform_unsupported', `Windows cannot be identified on ${platform}.`, {
      hint: 'Address slots by their DevTools URL.',
    });
  };
  const identify = (slot: number, browser: SlotBrowser) =>
    identifyWindow({
      known: knownIdentity(slot, browser),
      wanted: { pid: browser.pid, wmClass: null, cdpBounds: null },
      list: refuse,
      now,
    });
  return {
    platform: 'unsupported',
    prepare: async (_slot, executablePath) => ({
      executablePath,
      environment: {},
      arguments: [],
      bundlePath: null,
    }),
    identify,
    awaitWindow: identify,
    verify: async (slot, browser) => ({
      verified: false,
      changes: [],
      identity: await identify(slot, browser),
    }),
    inspectFocus: refuse,
    focus: refuse,
    screenshot: refuse,
    remove: async () => undefined,
    whyNoWindow: async () => null,
    doctor: async () => [],
  };
}
