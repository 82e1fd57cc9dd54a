import { setTimeout as pause } from 'node:timers/promises';
import { awaitWindow } from '../await-window.js';
import { bindWindow, type SystemWindow, type WantedWindow } from '../bind-window.js';
import type { IdentityDriver, LaunchPreparation } from '../driver.js';
import { IdentityError } from '../errors.js';
import type { SlotBrowser } from '../identity.js';
import type { IdentityPorts, Run } from '../ports.js';
import {
  identifyWindow,
  knownIdentity,
  requireWindowed,
  verifyWindow,
  type WindowQuestion,
} from '../window-questions.js';
import { applicationOf, bundleNames } from './bundle-names.js';
import { focusDarwinWindow, inspectDarwinFocus } from './darwin-focus.js';
import { captureWindow } from './darwin-screenshot.js';
import { inspectDarwin } from './inspect-darwin.js';
import { ensureSlotBundle, removeSlotBundle } from './slot-bundle.js';
import { surveyWindows } from './window-survey.js';

export type DarwinSettings = {
  /** The state directory. */
  home: string;
  /** Whether each slot is an application of its own, or all are processes of one. */
  cuaApps: boolean;
};

/** Slots on macOS: told by owner and geometry, or each an application with a bundle identifier of its own. */
export function createDarwinDriver(settings: DarwinSettings, ports: IdentityPorts): IdentityDriver {
  const { home, cuaApps } = settings;
  const { run } = ports;
  const verified = new Set<number>();
  const question = (slot: number, browser: SlotBrowser) => questionOf(slot, browser, settings, ports);

  return {
    platform: 'darwin',
    prepare: async (slot, executablePath) => {
      if (!cuaApps) return sharedApplication(executablePath);
      const options = { run, verifyExisting: !verified.has(slot) };
      const { path, ...names } = await ensureSlotBundle(home, slot, executablePath, options);
      verified.add(slot);
      return { executablePath: names.executablePath, environment: {}, arguments: [], bundlePath: path };
    },
    identify: (slot, browser) => identifyWindow(question(slot, browser)),
    awaitWindow: (slot, browser, cutOff) => awaitWindow(question(slot, browser), cutOff, nextLook),
    verify: (slot, browser, previous) => verifyWindow(question(slot, browser), previous),
    inspectFocus: async (_slot, browser) => inspectDarwinFocus(run, (await slotWindow(run, browser)).window),
    focus: async (slot, browser, bringToFront) => {
      await focusOrThrow(run, browser, bringToFront);
      return identifyWindow(question(slot, browser));
    },
    screenshot: async (_slot, browser) => {
      const { window, survey } = await slotWindow(run, browser);
      return captureWindow(run, home, window.id, survey);
    },
    remove: async (slot) => {
      verified.delete(slot);
      if (cuaApps) await removeSlotBundle(home, slot, run);
    },
    whyNoWindow: async () => null,
    doctor: () => inspectDarwin(run),
  };
}

/** The window server tells nobody without native code that a window came up, and each look costs a process. */
const LOOK_AGAIN_MS = 250;

async function nextLook(cutOff: AbortSignal): Promise<void> {
  await pause(LOOK_AGAIN_MS, undefined, { signal: cutOff }).catch(() => undefined);
}

function questionOf(
  slot: number,
  browser: SlotBrowser,
  { home, cuaApps }: DarwinSettings,
  { run, now }: IdentityPorts,
): WindowQuestion<SystemWindow> {
  const names = cuaApps ? bundleNames(home, slot) : null;
  return {
    known: knownIdentity(slot, browser, {
      cuaAppBundleId: names?.bundleId ?? null,
      cuaAppName: names?.name ?? null,
      cuaAppPath: names?.path ?? null,
    }),
    wanted: wantedWindow(browser),
    list: async () => {
      requireWindowed(browser);
      return (await surveyWindows(run)).windows;
    },
    now,
  };
}

function wantedWindow(browser: SlotBrowser): WantedWindow {
  return { pid: browser.pid, wmClass: null, cdpBounds: browser.cdp?.bounds ?? null };
}

async function slotWindow(run: Run, browser: SlotBrowser) {
  requireWindowed(browser);
  const survey = await surveyWindows(run);
  return { survey, window: bindWindow(survey.windows, wantedWindow(browser)).window };
}

async function focusOrThrow(
  run: Run,
  browser: SlotBrowser,
  bringToFront: () => Promise<void>,
): Promise<void> {
  await bringToFront();
  const { window } = await slotWindow(run, browser);
  const { focused, reason } = await focusDarwinWindow(run, window);
  if (!focused)
    throw new IdentityError('focus_not_verified', `Window ${window.id} is not in front: ${reason}.`);
}

function sharedApplication(executablePath: string): LaunchPreparation {
  return { executablePath, environment: {}, arguments: [], bundlePath: applicationOf(executablePath) };
}
