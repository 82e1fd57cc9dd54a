import { once } from 'node:events';
import { withTimeLimit } from '@escarp/contract';
import type { SystemWindow } from '../bind-window.js';
import { XRequestError, type XConnection } from './x-connection.js';
import { readNumbers, readProperty, readText } from './x-property.js';

/** A top-level window of an X display. */
export type XWindow = SystemWindow & {
  /** The child of the root that holds it: a window manager's frame, or the window itself. */
  frameId: number;
  /** Menus and tooltips, which no window manager manages. */
  overrideRedirect: boolean;
  /** The window that this one is a dialog of. */
  transientFor: number | null;
};

const MAP_STATE_VIEWABLE = 2;
const CLASS_INPUT_ONLY = 2;
const FRAME_DEPTH_MAX = 3;
const SUBSTRUCTURE_NOTIFY = 0x0008_0000;
const QUIET_MS = 250;

/** Every top-level window, front to back. A window that goes away while it is being asked about is left out. */
export async function listXWindows(x: XConnection): Promise<XWindow[]> {
  const managed = await hasWindowManager(x);
  const { children } = await x.ask<{ children: number[] }>((client, done) =>
    client.QueryTree(x.screen.root, done),
  );
  const windows = await Promise.all(
    children.map((frameId) => unlessGone(describeWindow(x, frameId, managed))),
  );
  return windows.filter((window) => window !== null).toReversed();
}

/**
 * Subscribes to windows that come, go, move and appear. The returned function resolves at the next of these, and after
 * a while without, because a window manager also changes windows inside its frames, which the root does not tell.
 */
export async function watchXWindows(x: XConnection): Promise<(cutOff: AbortSignal) => Promise<void>> {
  await x.ask<void>((client, done) =>
    client.ChangeWindowAttributes(x.screen.root, { eventMask: SUBSTRUCTURE_NOTIFY }, done),
  );
  return async (cutOff) => {
    await withTimeLimit(QUIET_MS, cutOff, (signal) => once(x.client, 'event', { signal })).catch(
      () => undefined,
    );
  };
}

/** By the EWMH handshake: a living window that names itself as the manager's. */
export async function hasWindowManager(x: XConnection): Promise<boolean> {
  const [check] = await readNumbers(x, x.screen.root, '_NET_SUPPORTING_WM_CHECK');
  if (check === undefined) return false;
  const itself = await unlessGone(readNumbers(x, check, '_NET_SUPPORTING_WM_CHECK'));
  return itself?.[0] === check;
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof XRequestError && thrown.windowGone) return null;
    throw thrown;
  }
}

async function describeWindow(x: XConnection, frameId: number, managed: boolean): Promise<XWindow | null> {
  const id = managed ? ((await managedInside(x, frameId, 0)) ?? frameId) : frameId;
  const [attributes, bounds, wmClass, pids, title, transients] = await Promise.all([
    x.ask<{ mapState: number; klass: number; overrideRedirect: number }>((client, done) =>
      client.GetWindowAttributes(id, done),
    ),
    boundsOf(x, id),
    readProperty(x, id, 'WM_CLASS'),
    readNumbers(x, id, '_NET_WM_PID'),
    titleOf(x, id),
    readNumbers(x, id, 'WM_TRANSIENT_FOR'),
  ]);
  if (attributes.klass === CLASS_INPUT_ONLY) return null;
  return {
    id,
    frameId,
    pid: pids[0] ?? null,
    bounds,
    title,
    // WM_CLASS is two strings, each ended by a zero: the instance, then the class that --class sets.
    wmClass: wmClass?.toString('latin1').split('\0')[1] ?? null,
    visible: attributes.mapState === MAP_STATE_VIEWABLE,
    overrideRedirect: attributes.overrideRedirect !== 0,
    transientFor: transients[0] ?? null,
    dialog: attributes.overrideRedirect !== 0 || transients[0] !== undefined,
  };
}

/** The window in a frame that the window manager manages: it alone has WM_STATE. */
async function managedInside(x: XConnection, window: number, depth: number): Promise<number | null> {
  if ((await readProperty(x, window, 'WM_STATE')) !== null) return window;
  if (depth === FRAME_DEPTH_MAX) return null;
  const { children } = await x.ask<{ children: number[] }>((client, done) => client.QueryTree(window, done));
  for (const child of children) {
    const found = await managedInside(x, child, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

async function boundsOf(x: XConnection, window: number) {
  const [size, corner] = await Promise.all([
    x.ask<{ width: number; height: number }>((client, done) => client.GetGeometry(window, done)),
    x.ask<{ destX: number; destY: number }>((client, done) =>
      client.TranslateCoordinates(window, x.screen.root, 0, 0, done),
    ),
  ]);
  return { x: corner.destX, y: corner.destY, width: size.width, height: size.height };
}

async function titleOf(x: XConnection, window: number): Promise<string | null> {
  return (await readText(x, window, '_NET_WM_NAME')) ?? (await readText(x, window, 'WM_NAME'));
}
