import { awaitWindow } from '../await-window.js';
import { bindWindow, type WantedWindow } from '../bind-window.js';
import type { IdentityDriver, LaunchPreparation } from '../driver.js';
import { asIdentityError, IdentityError } from '../errors.js';
import type { SlotBrowser } from '../identity.js';
import type { IdentityPorts } from '../ports.js';
import {
  identifyWindow,
  knownIdentity,
  requireWindowed,
  verifyWindow,
  type WindowQuestion,
} from '../window-questions.js';
import { inspectLinux } from './inspect-linux.js';
import {
  findScreen,
  prepareScreen,
  removeScreen,
  type ScreenSettings,
  type SlotScreen,
  whyNoScreen,
} from './slot-screen.js';
import { withXConnection, type XConnection, type XTarget } from './x-connection.js';
import { focusXWindow, inspectXFocus } from './x-focus.js';
import { captureScreen, wholeScreen } from './x-screenshot.js';
import { listXWindows, watchXWindows, type XWindow } from './x-windows.js';

/** Slots on X11: told by pid and WM_CLASS on the session's display, or each on an Xvnc of its own. */
export function createLinuxDriver(settings: ScreenSettings, ports: IdentityPorts): IdentityDriver {
  const targetOf = async (slot: number) => (await findScreen(slot, settings)).target;
  const ask = async <T>(slot: number, use: (x: XConnection) => Promise<T>) =>
    withXConnection(await targetOf(slot), use);
  const question = (slot: number, browser: SlotBrowser) => questionOf(slot, browser, { ports, targetOf });

  return {
    platform: 'linux',
    prepare: async (slot, executablePath, purpose) =>
      onScreen(slot, executablePath, await prepareScreen(slot, purpose, settings, ports), settings),
    identify: async (slot, browser) => identifyWindow(await question(slot, browser)),
    awaitWindow: async (slot, browser, cutOff) => {
      const asked = await question(slot, browser);
      if (browser.headless) return identifyWindow(asked);
      const awaited = await ask(slot, async (x) => {
        const list = async () => (await listXWindows(x)).filter(({ visible }) => visible);
        return awaitWindow({ ...asked, list }, cutOff, await watchXWindows(x));
      }).catch(() => null);
      // One that stays hidden is still the slot's, and without a connection the question itself says why.
      return awaited?.live.failure === null ? awaited : identifyWindow(asked);
    },
    verify: async (slot, browser, previous) => verifyWindow(await question(slot, browser), previous),
    inspectFocus: (slot, browser) =>
      ask(slot, async (x) => inspectXFocus(x, await slotWindow(x, slot, browser))),
    focus: async (slot, browser, bringToFront) => {
      await ask(slot, async (x) => focusOrThrow(x, await slotWindow(x, slot, browser), bringToFront));
      return identifyWindow(await question(slot, browser));
    },
    screenshot: async (slot, browser) => {
      const { target, isOwn } = await findScreen(slot, settings);
      return withXConnection(target, async (x) =>
        isOwn
          ? { ...(await captureScreen(x, wholeScreen(x))), region: 'screen' }
          : { ...(await captureScreen(x, (await slotWindow(x, slot, browser)).bounds)), region: 'window' },
      );
    },
    remove: (slot) => removeScreen(slot, settings),
    whyNoWindow: () => whyNoScreen(settings, ports),
    doctor: () => inspectLinux(settings, ports.run),
  };
}

/** The WM_CLASS of a slot's windows on X11, by which they are told from those of other browsers. */
export function wmClassOf(slot: number): string {
  return `escarp-slot${slot}`;
}

type Context = {
  ports: IdentityPorts;
  targetOf: (slot: number) => Promise<XTarget>;
};

async function questionOf(
  slot: number,
  browser: SlotBrowser,
  { ports, targetOf }: Context,
): Promise<WindowQuestion<XWindow>> {
  const target = await targetOf(slot).catch((thrown: unknown) =>
    asIdentityError(thrown, 'display_unreachable'),
  );
  const reachable = target instanceof IdentityError ? null : target;
  return {
    // A headless browser draws on no display, whatever the session has.
    known: knownIdentity(
      slot,
      browser,
      browser.headless
        ? {}
        : {
            display: reachable?.address.display ?? null,
            displayAuthority: reachable?.authorityPath ?? null,
            wmClass: wmClassOf(slot),
          },
    ),
    wanted: wantedWindow(slot, browser),
    list: async () => {
      requireWindowed(browser);
      if (target instanceof IdentityError) throw target;
      return withXConnection(target, listXWindows);
    },
    now: ports.now,
  };
}

function wantedWindow(slot: number, browser: SlotBrowser): WantedWindow {
  return { pid: browser.pid, wmClass: wmClassOf(slot), cdpBounds: browser.cdp?.bounds ?? null };
}

async function slotWindow(x: XConnection, slot: number, browser: SlotBrowser): Promise<XWindow> {
  requireWindowed(browser);
  return bindWindow(await listXWindows(x), wantedWindow(slot, browser)).window;
}

async function focusOrThrow(
  x: XConnection,
  window: XWindow,
  bringToFront: () => Promise<void>,
): Promise<void> {
  await bringToFront();
  const { focused, reason } = await focusXWindow(x, window);
  if (!focused)
    throw new IdentityError('focus_not_verified', `Window ${window.id} is not in front: ${reason}.`);
}

function onScreen(
  slot: number,
  executablePath: string,
  { target, isOwn }: SlotScreen,
  { screen }: ScreenSettings,
): LaunchPreparation {
  const shared = { executablePath, environment: environmentOf(target), arguments: argumentsOf(slot) };
  if (!isOwn) return { ...shared, bundlePath: null };
  return {
    executablePath,
    environment: {
      ...shared.environment,
      // Without the user's session bus, file pickers are drawn by the browser on the slot's own screen: with it, the
      // desktop's portal would draw them on the user's.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    },
    // There is no window manager to place the window, and Chrome's own choice leaves a margin.
    arguments: [
      ...shared.arguments,
      '--window-position=0,0',
      `--window-size=${screen.width},${screen.height}`,
    ],
    bundlePath: null,
  };
}

function environmentOf({ address, authorityPath }: XTarget): Record<string, string | null> {
  return { DISPLAY: address.display, XAUTHORITY: authorityPath, WAYLAND_DISPLAY: null };
}

/** Chrome would choose Wayland where there is a compositor, and a Wayland window has no id, pid or class to ask for. */
function argumentsOf(slot: number): string[] {
  return [`--class=${wmClassOf(slot)}`, '--ozone-platform=x11'];
}
