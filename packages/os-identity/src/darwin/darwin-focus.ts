import { setTimeout as wait } from 'node:timers/promises';
import { samePlace, type SystemWindow } from '../bind-window.js';
import { IdentityError } from '../errors.js';
import type { FocusState } from '../identity.js';
import type { Run } from '../ports.js';
import { coverOf, windowName } from '../window-cover.js';
import { mainWindowBounds, raiseWindow } from './accessibility.js';
import { surveyWindows } from './window-survey.js';

/** Activating an application is a request that macOS fulfils in its own time. */
const TRIES = 10;
const POLL_MS = 100;

/** Brings a window to the front and watches for it to arrive there. */
export async function focusDarwinWindow(run: Run, target: SystemWindow): Promise<FocusState> {
  await raiseWindow(run, ownerOf(target), target.bounds);
  let state = await inspectDarwinFocus(run, target);
  for (let tries = 1; !state.focused && tries < TRIES; tries += 1) {
    await wait(POLL_MS);
    state = await inspectDarwinFocus(run, target);
  }
  return state;
}

/** Frontmost application, nothing of others on top, and the main window of its application: then it is key. */
export async function inspectDarwinFocus(run: Run, target: SystemWindow): Promise<FocusState> {
  const { windows, frontmostPid } = await surveyWindows(run);
  const current = windows.find(({ id }) => id === target.id);
  if (current === undefined || !current.visible) return unfocused('The window is not on the screen');
  if (frontmostPid !== target.pid) return unfocused(`pid ${frontmostPid} is the frontmost application`);
  const cover = coverOf(current, windows, isPartOf);
  if (cover !== undefined) return unfocused(`${windowName(cover)} is on top of it`);
  const main = await mainWindowBounds(run, ownerOf(target));
  if (main === null || !samePlace(main, current.bounds))
    return unfocused('another window of the application is its main window');
  return { focused: true, reason: null };
}

function unfocused(reason: string): FocusState {
  return { focused: false, reason };
}

/**
 * The menu bar and the Dock float above every window. Sheets and bubbles belong to the application; that it is not
 * another of its browser windows that is in front, Accessibility's main window tells.
 */
function isPartOf(window: SystemWindow, target: SystemWindow): boolean {
  return window.dialog || window.pid === target.pid;
}

function ownerOf({ id, pid }: SystemWindow): number {
  if (pid === null) throw new IdentityError('window_not_found', `Window ${id} has no owner.`);
  return pid;
}
