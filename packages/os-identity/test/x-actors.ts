import { once } from 'node:events';
import type { Bounds } from '../src/index.js';
import { withXConnection, type XConnection, type XTarget } from '../src/linux/x-connection.js';
import { atom } from '../src/linux/x-property.js';

type Point = { x: number; y: number };

type XTest = Record<'MotionNotify' | 'ButtonPress' | 'ButtonRelease', number> & {
  FakeInput: (type: number, detail: number, time: number, window: number, x: number, y: number) => void;
};

const LEFT_BUTTON = 1;
const PROPERTY_REPLACE = 0;
const ATOM_ATOM = 4;
const ATOM_CARDINAL = 6;
const ATOM_STRING = 31;
const ATOM_WINDOW = 33;
const VISIBILITY_CHANGE = 0x0001_0000;
const SUBSTRUCTURE_NOTIFY_AND_REDIRECT = 0x0018_0000;

/** A person's hand on one display: moves that display's pointer and presses its button. */
export async function click(target: XTarget, { x, y }: Point): Promise<void> {
  await withXConnection(target, async (connection) => {
    const test = await connection.ask<XTest>((client, done) => client.require('xtest', done));
    test.FakeInput(test.MotionNotify, 0, 0, connection.screen.root, x, y);
    test.FakeInput(test.ButtonPress, LEFT_BUTTON, 0, 0, 0, 0);
    test.FakeInput(test.ButtonRelease, LEFT_BUTTON, 0, 0, 0, 0);
    await pointer(connection);
  });
}

export function pointerOf(target: XTarget): Promise<Point> {
  return withXConnection(target, pointer);
}

async function pointer({ ask, screen }: XConnection): Promise<Point> {
  const { rootX, rootY } = await ask<{ rootX: number; rootY: number }>((client, done) =>
    client.QueryPointer(screen.root, done),
  );
  return { x: rootX, y: rootY };
}

export type Stranger = { id: number; leave: () => Promise<void> };

/** A window of some other program that lies over what is there; a pushy one comes back up whenever it is covered. */
export function coverWith(target: XTarget, bounds: Bounds, pushy: boolean): Promise<Stranger> {
  return stay(target, async (x) => {
    const id = x.client.AllocID();
    x.client.CreateWindow(id, x.screen.root, bounds.x, bounds.y, bounds.width, bounds.height, 0, 0, 0, 0, {
      overrideRedirect: 1,
      backgroundPixel: 0xff_ff_ff,
      eventMask: pushy ? VISIBILITY_CHANGE : 0,
    });
    const raise = () => x.ask<void>((client, done) => client.RaiseWindow(id, done));
    if (pushy) x.client.on('event', (event: { state?: number }) => void (event.state !== 0 && raise()));
    await x.ask<void>((client, done) => client.MapWindow(id, done));
    await raise();
    return { id, depart: async () => undefined };
  });
}

export type AppWindow = Stranger & { map: () => Promise<void> };

/** A window of a program that says who it is, not yet shown. */
export async function openWindow(
  target: XTarget,
  { pid, wmClass }: { pid: number; wmClass: string },
): Promise<AppWindow> {
  let map = async (): Promise<void> => undefined;
  const presence = await stay(target, async (x) => {
    const id = x.client.AllocID();
    x.client.CreateWindow(id, x.screen.root, 10, 10, 300, 200, 0, 0, 0, 0, {});
    await setProperty(x, id, '_NET_WM_PID', ATOM_CARDINAL, [pid]);
    const wmClassAtom = await atom(x, 'WM_CLASS');
    const text = Buffer.from(`${wmClass}\0${wmClass}\0`, 'latin1');
    await x.ask<void>((client, done) =>
      client.ChangeProperty(PROPERTY_REPLACE, id, wmClassAtom, ATOM_STRING, 8, text, done),
    );
    map = () => x.ask<void>((client, done) => client.MapWindow(id, done));
    return { id, depart: async () => undefined };
  });
  return { ...presence, map };
}

/** A window manager that frames nothing, and obeys or ignores requests to activate a window. */
export function manage(target: XTarget, obedient: boolean): Promise<Stranger> {
  return stay(target, async (x) => {
    const { root } = x.screen;
    await x.ask<void>((client, done) =>
      client.ChangeWindowAttributes(root, { eventMask: SUBSTRUCTURE_NOTIFY_AND_REDIRECT }, done),
    );
    const id = await announce(x);
    const active = await atom(x, '_NET_ACTIVE_WINDOW');
    x.client.on('event', (event: { name: string; wid: number; message_type?: number }) => {
      if (event.name === 'ClientMessage' && event.message_type === active && obedient)
        void activate(x, event.wid);
    });
    return { id, depart: () => setProperty(x, root, '_NET_SUPPORTING_WM_CHECK', ATOM_WINDOW, [0]) };
  });
}

type Presence = { id: number; depart: () => Promise<void> };

/** Keeps a connection, and with it what was made through it, until the stranger is told to leave. */
function stay(target: XTarget, arrive: (x: XConnection) => Promise<Presence>): Promise<Stranger> {
  const leaving = new AbortController();
  return new Promise((resolve, reject) => {
    const session = withXConnection(target, async (x) => {
      const { id, depart } = await arrive(x);
      const left = once(leaving.signal, 'abort');
      resolve({ id, leave: async () => (leaving.abort(), session) });
      await left;
      await depart();
    });
    session.catch(reject);
  });
}

async function announce(x: XConnection): Promise<number> {
  const { root } = x.screen;
  const check = x.client.AllocID();
  x.client.CreateWindow(check, root, -10, -10, 1, 1, 0, 0, 0, 0, { overrideRedirect: 1 });
  await setProperty(x, check, '_NET_SUPPORTING_WM_CHECK', ATOM_WINDOW, [check]);
  await setProperty(x, root, '_NET_SUPPORTED', ATOM_ATOM, [await atom(x, '_NET_ACTIVE_WINDOW')]);
  await setProperty(x, root, '_NET_ACTIVE_WINDOW', ATOM_WINDOW, [0]);
  await setProperty(x, root, '_NET_SUPPORTING_WM_CHECK', ATOM_WINDOW, [check]);
  return check;
}

async function activate(x: XConnection, window: number): Promise<void> {
  await x.ask<void>((client, done) => client.RaiseWindow(window, done));
  await x.ask<void>((client, done) => client.SetInputFocus(window, 2, 0, done));
  await setProperty(x, x.screen.root, '_NET_ACTIVE_WINDOW', ATOM_WINDOW, [window]);
}

async function setProperty(x: XConnection, window: number, name: string, type: number, values: number[]) {
  const data = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => data.writeUInt32LE(value, index * 4));
  const property = await atom(x, name);
  await x.ask<void>((client, done) =>
    client.ChangeProperty(PROPERTY_REPLACE, window, property, type, 32, data, done),
  );
}
