import type { SystemWindow } from '../bind-window.js';
import { IdentityError } from '../errors.js';
import type { Bounds } from '../identity.js';
import type { Run } from '../ports.js';
import { runJxa } from './run-jxa.js';

/** What the window server says at one moment. */
export type WindowSurvey = {
  /** The windows on the screen, front to back, then those that are not on it. */
  windows: SystemWindow[];
  frontmostPid: number | null;
  /** Null where macOS did not tell. */
  accessibility: boolean | null;
  screenRecording: boolean | null;
};

/** Chrome keeps layer-0 windows that nobody sees, and bubbles such as the address under a hovered link. */
const SMALLEST_WINDOW = 50;
const NORMAL_LAYER = 0;

/**
 * CGWindowListCopyWindowInfo through the Objective-C bridge: numbers, owners and bounds need no permission, titles
 * need Screen Recording. Option 1 is "on screen only", 16 leaves the desktop's own elements out.
 */
const SURVEY_SCRIPT = `
ObjC.import('CoreGraphics');
ObjC.import('AppKit');
function listed(option) {
  const raw = ObjC.castRefToObject($.CGWindowListCopyWindowInfo(option, 0));
  const found = [];
  for (let index = 0; index < raw.count; index += 1) {
    const window = ObjC.deepUnwrap(raw.objectAtIndex(index));
    const bounds = window.kCGWindowBounds;
    found.push({
      id: Number(window.kCGWindowNumber),
      pid: Number(window.kCGWindowOwnerPID),
      layer: Number(window.kCGWindowLayer),
      alpha: Number(window.kCGWindowAlpha),
      title: typeof window.kCGWindowName === 'string' ? window.kCGWindowName : null,
      bounds: {
        x: Number(bounds.X), y: Number(bounds.Y), width: Number(bounds.Width), height: Number(bounds.Height),
      },
    });
  }
  return found;
}
function allowed(framework, name) {
  try {
    ObjC.import(framework);
    ObjC.bindFunction(name, ['bool', []]);
    return Boolean($[name]());
  } catch (error) {
    return null;
  }
}
function run() {
  const front = $.NSWorkspace.sharedWorkspace.frontmostApplication;
  return JSON.stringify({
    onScreen: listed(1 | 16),
    everything: listed(16),
    frontmostPid: front.isNil() ? null : Number(front.processIdentifier),
    accessibility: allowed('ApplicationServices', 'AXIsProcessTrusted'),
    screenRecording: allowed('CoreGraphics', 'CGPreflightScreenCaptureAccess'),
  });
}
`;

export async function surveyWindows(run: Run): Promise<WindowSurvey> {
  const answer = await runJxa(run, SURVEY_SCRIPT, []);
  if (!isAnswer(answer)) throw new IdentityError('command_failed', 'The window list cannot be read.');
  const onScreen = new Set(answer.onScreen.map(({ id }) => id));
  return {
    windows: [
      ...answer.onScreen.map((window) => toSystemWindow(window, true)),
      ...answer.everything
        .filter(({ id }) => !onScreen.has(id))
        .map((window) => toSystemWindow(window, false)),
    ],
    frontmostPid: answer.frontmostPid,
    accessibility: answer.accessibility,
    screenRecording: answer.screenRecording,
  };
}

type ListedWindow = {
  id: number;
  pid: number;
  layer: number;
  alpha: number;
  title: string | null;
  bounds: Bounds;
};

type Answer = { onScreen: ListedWindow[]; everything: ListedWindow[] } & Omit<WindowSurvey, 'windows'>;

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const lists = [Reflect.get(value, 'onScreen'), Reflect.get(value, 'everything')];
  return lists.every((list) => Array.isArray(list) && list.every(isListedWindow));
}

function isListedWindow(value: unknown): value is ListedWindow {
  if (typeof value !== 'object' || value === null) return false;
  const bounds: unknown = Reflect.get(value, 'bounds');
  if (typeof bounds !== 'object' || bounds === null) return false;
  const numbers = [
    ...['id', 'pid', 'layer', 'alpha'].map((key): unknown => Reflect.get(value, key)),
    ...['x', 'y', 'width', 'height'].map((key): unknown => Reflect.get(bounds, key)),
  ];
  return numbers.every((number) => typeof number === 'number');
}

function toSystemWindow(
  { id, pid, layer, alpha, title, bounds }: ListedWindow,
  visible: boolean,
): SystemWindow {
  const negligible = alpha === 0 || bounds.width < SMALLEST_WINDOW || bounds.height < SMALLEST_WINDOW;
  return {
    id,
    pid,
    bounds,
    title,
    wmClass: null,
    visible: visible && alpha > 0,
    dialog: layer !== NORMAL_LAYER || negligible,
  };
}
