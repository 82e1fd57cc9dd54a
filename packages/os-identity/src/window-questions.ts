import { belongsTo, bindWindow, samePlace, type SystemWindow, type WantedWindow } from './bind-window.js';
import { asIdentityError, IdentityError } from './errors.js';
import type { LiveField, SlotBrowser, SlotIdentity, Verification, WindowChange } from './identity.js';

/** What is known of a slot without asking for its window. */
export type KnownIdentity = Omit<
  SlotIdentity,
  'osWindowId' | 'ownerPid' | 'bounds' | 'calibrationNote' | 'live'
>;

/** The identity before anything is asked: what DevTools knows, and what the platform adds. */
export function knownIdentity(
  slot: number,
  browser: SlotBrowser,
  added: Partial<KnownIdentity> = {},
): KnownIdentity {
  return {
    slot,
    cdpWindowId: browser.cdp?.windowId ?? null,
    cdpTargetId: browser.cdp?.targetId ?? null,
    cuaAppBundleId: null,
    cuaAppName: null,
    cuaAppPath: null,
    display: null,
    displayAuthority: null,
    wmClass: null,
    ...added,
  };
}

/** One question to a window system: what is known already, which window is wanted, how to list, and the clock. */
export type WindowQuestion<W extends SystemWindow> = {
  known: KnownIdentity;
  wanted: WantedWindow;
  list: () => Promise<W[]>;
  now: () => number;
};

/** The identity as the system gives it now. Never rejects for an operating failure; `live` says what is missing. */
export async function identifyWindow<W extends SystemWindow>(
  question: WindowQuestion<W>,
): Promise<SlotIdentity> {
  const askedAtMs = question.now();
  try {
    const { window, note } = bindWindow(await question.list(), question.wanted);
    return answered(question, askedAtMs, window, note);
  } catch (thrown) {
    return unanswered(question, askedAtMs, thrown);
  }
}

/** Asks again about the window of before: it may have moved, be closed, or have been replaced by another. */
export async function verifyWindow<W extends SystemWindow>(
  question: WindowQuestion<W>,
  previous: SlotIdentity,
): Promise<Verification> {
  const askedAtMs = question.now();
  const windows = await question.list().catch((thrown: unknown) => asIdentityError(thrown, 'command_failed'));
  if (windows instanceof IdentityError) {
    return { verified: false, changes: [], identity: unanswered(question, askedAtMs, windows) };
  }
  const same = windows.find(({ id }) => id === previous.osWindowId);
  if (same !== undefined && belongsTo(same, question.wanted)) {
    const moved = previous.bounds !== null && !samePlace(same.bounds, previous.bounds);
    const identity = answered(question, askedAtMs, same, previous.calibrationNote);
    return { verified: true, changes: moved ? ['moved'] : [], identity };
  }
  const identity = await identifyWindow({ ...question, list: async () => windows });
  const known = previous.osWindowId !== null;
  return { verified: !known && identity.osWindowId !== null, changes: known ? fate(identity) : [], identity };
}

/** Throws `slot_headless`, so that a slot without windows is told as that, whatever else the question would meet. */
export function requireWindowed(browser: SlotBrowser): void {
  if (!browser.headless) return;
  throw new IdentityError('slot_headless', 'The slot is headless: it has no window.', {
    hint: 'Drive it over DevTools, or launch the pool with windows: --displays on Linux, --headed elsewhere.',
  });
}

function fate(identity: SlotIdentity): WindowChange[] {
  if (identity.osWindowId !== null) return ['recreated'];
  return identity.live.failure?.code === 'window_not_found' ? ['closed'] : [];
}

function answered<W extends SystemWindow>(
  { known }: WindowQuestion<W>,
  askedAtMs: number,
  window: W,
  note: string,
): SlotIdentity {
  const { id, pid, bounds, wmClass } = window;
  const fields: LiveField[] = ['osWindowId', 'ownerPid', 'bounds'];
  if (wmClass !== null) fields.push('wmClass');
  return {
    ...known,
    osWindowId: id,
    ownerPid: pid,
    bounds,
    wmClass: wmClass ?? known.wmClass,
    calibrationNote: note,
    live: { askedAtMs, fields, failure: null },
  };
}

/** The owner is still told, from the pool's own knowledge, but is not among the live fields. */
function unanswered<W extends SystemWindow>(
  { known, wanted }: WindowQuestion<W>,
  askedAtMs: number,
  thrown: unknown,
): SlotIdentity {
  const { code, message, hint } = asIdentityError(thrown, 'command_failed');
  return {
    ...known,
    osWindowId: null,
    ownerPid: wanted.pid,
    bounds: null,
    calibrationNote: `not bound to a window: ${message}`,
    live: { askedAtMs, fields: [], failure: { code, message, hint } },
  };
}
