import { setTimeout as wait } from 'node:timers/promises';
import type { FocusState } from '../identity.js';
import { coverOf, windowName } from '../window-cover.js';
import { XRequestError, type XConnection } from './x-connection.js';
import { atom, readNumbers } from './x-property.js';
import { hasWindowManager, listXWindows, type XWindow } from './x-windows.js';

/** A window manager answers a request to activate in its own time. */
const SETTLE_MS = 3000;
const POLL_MS = 40;

const REVERT_TO_PARENT = 2;
/** EWMH: 2 says that a pager asks, which window managers obey where they would refuse an application. */
const SOURCE_PAGER = 2;
const SUBSTRUCTURE_NOTIFY_AND_REDIRECT = 0x0018_0000;

/** Raises a window and gives it the keyboard, then says what was seen to come of it. */
export async function focusXWindow(x: XConnection, target: XWindow): Promise<FocusState> {
  const managed = (await hasWindowManager(x)) && (await supportsActivation(x));
  try {
    await (managed ? activateByManager(x, target) : activateDirectly(x, target));
  } catch (thrown) {
    // A window that was closed, or unmapped, between being found and being raised.
    if (thrown instanceof XRequestError) return unfocused(thrown.message);
    throw thrown;
  }
  let state = await inspectXFocus(x, target);
  for (let waitedMs = 0; !state.focused && waitedMs < SETTLE_MS; waitedMs += POLL_MS) {
    await wait(POLL_MS);
    state = await inspectXFocus(x, target);
  }
  return state;
}

/** Has this window the keyboard, and is nothing foreign drawn over it? */
export async function inspectXFocus(x: XConnection, target: XWindow): Promise<FocusState> {
  const windows = await listXWindows(x);
  const current = windows.find(({ id }) => id === target.id);
  if (current === undefined || !current.visible) return unfocused('The window is not on the screen');
  const cover = coverOf(current, windows, isPartOf);
  if (cover !== undefined) return unfocused(`${windowName(cover)} is on top of it`);
  const holder = await topLevelOf(x, await keyboardHolder(x), windows);
  if (holder?.id === target.id || (holder !== undefined && isPartOf(holder, target))) {
    return { focused: true, reason: null };
  }
  return unfocused(`${holder === undefined ? 'no window' : windowName(holder)} has the keyboard`);
}

function unfocused(reason: string): FocusState {
  return { focused: false, reason };
}

async function supportsActivation(x: XConnection): Promise<boolean> {
  const [supported, wanted] = await Promise.all([
    readNumbers(x, x.screen.root, '_NET_SUPPORTED'),
    atom(x, '_NET_ACTIVE_WINDOW'),
  ]);
  return supported.includes(wanted);
}

async function activateByManager(x: XConnection, { id }: XWindow): Promise<void> {
  const message = await atom(x, '_NET_ACTIVE_WINDOW');
  await x.ask<void>((client, done) =>
    client.SendClientMessage(
      x.screen.root,
      id,
      message,
      32,
      [SOURCE_PAGER, 0, 0, 0, 0],
      SUBSTRUCTURE_NOTIFY_AND_REDIRECT,
      done,
    ),
  );
}

/** An open dialog keeps the keyboard, and stays above the window that waits for it. */
async function activateDirectly(x: XConnection, target: XWindow): Promise<void> {
  await x.ask<void>((client, done) => client.MapWindow(target.id, done));
  const frontToBack = await listXWindows(x);
  const dialogs = frontToBack.filter((window) => window.visible && isPartOf(window, target));
  for (const { frameId } of [target, ...dialogs.toReversed()]) {
    await x.ask<void>((client, done) => client.RaiseWindow(frameId, done));
  }
  const { id } = dialogs.find(({ overrideRedirect }) => !overrideRedirect) ?? target;
  await x.ask<void>((client, done) => client.SetInputFocus(id, REVERT_TO_PARENT, 0, done));
}

function isPartOf(window: XWindow, target: XWindow): boolean {
  if (window.transientFor === target.id) return true;
  return window.overrideRedirect && window.pid === target.pid;
}

/** A window manager says which window is active; without one, the server says who gets the keys. */
async function keyboardHolder(x: XConnection): Promise<number> {
  if (await hasWindowManager(x)) {
    const [active] = await readNumbers(x, x.screen.root, '_NET_ACTIVE_WINDOW');
    if (active !== undefined) return active;
  }
  const { focus } = await x.ask<{ focus: number }>((client, done) => client.GetInputFocus(done));
  return focus;
}

/** Zero and one are X's names for "nobody" and "whatever is under the pointer", and are no windows. */
async function topLevelOf(
  x: XConnection,
  window: number,
  windows: readonly XWindow[],
): Promise<XWindow | undefined> {
  let current = window;
  while (current > 1 && current !== x.screen.root) {
    const inside = current;
    const found = windows.find(({ id }) => id === inside);
    if (found !== undefined) return found;
    ({ parent: current } = await x.ask<{ parent: number }>((client, done) => client.QueryTree(inside, done)));
  }
  return undefined;
}
