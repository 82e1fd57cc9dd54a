import type { LaunchPurpose } from '../driver.js';
import { asIdentityError, type IdentityError } from '../errors.js';
import type { IdentityPorts } from '../ports.js';
import { sessionTarget, type SessionEnvironment } from './session-display.js';
import {
  ensureSlotDisplay,
  findSlotDisplay,
  hasSlotDisplay,
  removeSlotDisplay,
  renewSlotDisplay,
  serverMissing,
} from './slot-display.js';
import { withXConnection, type XTarget } from './x-connection.js';
import type { ScreenSize } from './xvnc-process.js';

/**
 * Which slots have a display of their own: all, none, or, `without_screen`, those with a window where the session has no
 * screen that answers.
 */
export type SlotDisplays = boolean | 'without_screen';

export type ScreenSettings = {
  /** The state directory. */
  home: string;
  displays: SlotDisplays;
  /** The size of a slot's own display, in pixels. */
  screen: ScreenSize;
  session: SessionEnvironment;
};

/** An X display, and whether it is the slot's alone. */
export type SlotScreen = { target: XTarget; isOwn: boolean };

/**
 * Where the window of a browser that is about to be launched goes. Starts or replaces the slot's own display where that is
 * the place. A browser that is relaunched for its holder stays on the kind of screen it was on.
 *
 * @throws IdentityError `display_missing`, `display_foreign`, `display_start_failed` or `xvnc_missing`.
 */
export async function prepareScreen(
  slot: number,
  purpose: LaunchPurpose,
  settings: ScreenSettings,
  ports: IdentityPorts,
): Promise<SlotScreen> {
  const { home, screen, session } = settings;
  if (!(await startsOnOwn(slot, purpose, settings))) {
    const target = sessionTarget(session);
    await removeScreen(slot, settings);
    return { target, isOwn: false };
  }
  const displayFor = purpose === 'clean' ? renewSlotDisplay : ensureSlotDisplay;
  return { target: await displayFor(home, slot, screen, ports), isOwn: true };
}

/** Where the slot's window is now. Throws `display_missing`. Starts nothing. */
export async function findScreen(slot: number, settings: ScreenSettings): Promise<SlotScreen> {
  const isOwn = await isOnOwn(slot, settings);
  return {
    target: isOwn ? await findSlotDisplay(settings.home, slot) : sessionTarget(settings.session),
    isOwn,
  };
}

/** Ends the slot's own display if it has one, whatever the slots are launched with now. */
export async function removeScreen(slot: number, { home, displays }: ScreenSettings): Promise<void> {
  // To look for a server that nothing tells of takes a look at every process.
  if (displays === true || (await hasSlotDisplay(home, slot))) await removeSlotDisplay(home, slot);
}

/** Why no window could be shown; null if one could. */
export async function whyNoScreen(
  { displays, session }: Pick<ScreenSettings, 'displays' | 'session'>,
  ports: Pick<IdentityPorts, 'run'>,
): Promise<IdentityError | null> {
  const noScreen = displays === true ? null : await whySilent(session);
  return displays === false || (displays === 'without_screen' && noScreen === null)
    ? noScreen
    : serverMissing(ports);
}

async function startsOnOwn(
  slot: number,
  purpose: LaunchPurpose,
  { home, displays, session }: ScreenSettings,
): Promise<boolean> {
  if (displays !== 'without_screen') return displays;
  if (purpose === 'relaunch') return hasSlotDisplay(home, slot);
  return (await whySilent(session)) !== null;
}

async function isOnOwn(slot: number, { home, displays }: ScreenSettings): Promise<boolean> {
  return displays === 'without_screen' ? hasSlotDisplay(home, slot) : displays;
}

/** Why the session's screen does not answer; null if it does. */
async function whySilent(session: SessionEnvironment): Promise<IdentityError | null> {
  try {
    await withXConnection(sessionTarget(session), async () => undefined);
    return null;
  } catch (thrown) {
    return asIdentityError(thrown, 'display_unreachable');
  }
}
